#pragma once
#include "base/json.hpp"
#include "logic/webhooks/config.hpp"
#include "logic/webhooks/request.hpp"

#include <variant>

/// What a request's body says.
namespace attune::logic::webhooks {

struct Content {
    json::value payload;                   ///< of the event
    std::optional<json::object> headers;   ///< that the body states, in the contract's form
    std::optional<std::string> source_ip;  ///< likewise
    std::optional<std::string> user_agent; ///< likewise
};

/// The content, or why it has none: `unsupported_type` or `bad_body`.
using ReadContent = std::variant<Content, Refusal>;

/// The contract's form: a JSON object with `payload`, and perhaps `headers`, `source_ip` and `user_agent`.
ReadContent read_wrapped(const WebhookRequest& request);

/// What providers really send: JSON, which is the payload; or a form, whose fields are (a list where a field is
/// repeated), or its field `payload` as JSON, where the provider sends that. An empty body is the payload null.
ReadContent read_raw(const WebhookRequest& request, Provider provider);

/// The fields of a form (application/x-www-form-urlencoded): texts, or lists of texts where a name is repeated. Bytes
/// that are not UTF-8 become U+FFFD. Errors: `bad_request`, for a broken percent sequence and more than kMostFields.
inline constexpr std::size_t kMostFields = 1000;
Result<json::object> parse_form(std::string_view body);

} // namespace attune::logic::webhooks
