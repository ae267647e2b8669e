#pragma once
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "domain/webhook.hpp"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A request to a webhook, as values.
namespace attune::logic::webhooks {

using HeaderField = std::pair<std::string, std::string>;

/// Holds references only.
struct WebhookRequest {
    std::span<const HeaderField> headers;
    std::string_view body;
    std::string_view address; ///< the client's
    Timestamp now;

    /// The first field of that name (compared without case), or null.
    const std::string* header(std::string_view name) const;
    /// The first of these fields that is there, or null.
    const std::string* first_of(std::span<const std::string_view> names) const;
};

/// Why a request makes no event, and what it is answered.
struct Refusal {
    WebhookVerdict verdict;
    Error error;
};

/// The status of HTTP that the log of hits has for a verdict. The answer's is that of the error: it differs for
/// `too_large` alone, where the contract answers 400.
int status_of(WebhookVerdict verdict);

/// What kind of verdict it is, for the metric attune_webhook_requests_total.
std::string_view outcome_of(WebhookVerdict verdict);

} // namespace attune::logic::webhooks
