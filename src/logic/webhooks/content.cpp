#include "logic/webhooks/content.hpp"

#include "base/text.hpp"
#include "logic/webhooks/providers.hpp"

namespace attune::logic::webhooks {

ATTUNE_FIELDS(Content, payload, headers, source_ip, user_agent);

namespace {

enum class MediaType : std::uint8_t { none, json, form, other };

MediaType media_type_of(const WebhookRequest& request) {
    const auto* field = request.header("content-type");
    if (field == nullptr) return MediaType::none;
    const auto type = to_lower(trim(std::string_view(*field).substr(0, field->find(';'))));
    if (type == "application/json" || (type.starts_with("application/") && type.ends_with("+json")))
        return MediaType::json;
    return type == "application/x-www-form-urlencoded" ? MediaType::form : MediaType::other;
}

Refusal unsupported(const WebhookRequest& request, std::string_view expected) {
    const auto* type = request.header("content-type");
    return {WebhookVerdict::unsupported_type,
            Error{Errc::unsupported, fmt::format("expected a body with Content-Type: {}, got {}", expected,
                                                 type == nullptr ? "none" : to_valid_utf8(type->substr(0, 100)))}};
}

Refusal bad(Error error) {
    error.code = Errc::bad_request;
    return {WebhookVerdict::bad_body, std::move(error)};
}

std::optional<Refusal> refuse_encoding(const WebhookRequest& request) {
    const auto* encoding = request.header("content-encoding");
    if (encoding == nullptr || encoding->empty() || to_lower(*encoding) == "identity") return std::nullopt;
    return Refusal{WebhookVerdict::unsupported_type,
                   Error{Errc::unsupported, "bodies with a Content-Encoding are not understood"}};
}

void add_field(json::object& fields, std::string name, std::string value) {
    json::value text(json::string(std::move(value)));
    auto* known = fields.if_contains(name);
    if (known == nullptr) {
        fields.emplace(name, std::move(text));
        return;
    }
    if (!known->is_array()) *known = json::value(json::array(1, std::move(*known)));
    known->get_array().push_back(std::move(text));
}

Result<std::string> decoded(std::string_view text) {
    const auto bytes = percent_decode_bytes(text, true);
    if (!bytes) return Error{Errc::bad_request, "the form has a '%' that two hexadecimal digits do not follow"};
    return to_valid_utf8(*bytes);
}

ReadContent read_json(std::string_view text, std::string_view where) {
    auto parsed = parse_json(text);
    if (!parsed) {
        parsed.error().field = where;
        return bad(std::move(parsed).error());
    }
    Content out;
    out.payload = *std::move(parsed);
    return out;
}

ReadContent read_form(std::string_view body, Provider provider) {
    auto fields = parse_form(body);
    if (!fields) return bad(std::move(fields).error());
    const auto* payload = fields->if_contains("payload");
    if (preset_of(provider).form_has_payload && payload != nullptr && payload->is_string())
        return read_json(payload->get_string(), "payload");
    Content out;
    out.payload = json::value(*std::move(fields));
    return out;
}

} // namespace

Result<json::object> parse_form(std::string_view body) {
    json::object out;
    std::size_t count = 0;
    while (!body.empty()) {
        const auto pair = body.substr(0, body.find('&'));
        body.remove_prefix(std::min(pair.size() + 1, body.size()));
        if (pair.empty()) continue;
        if (++count > kMostFields)
            return Error{Errc::bad_request, fmt::format("expected a form of at most {} fields", kMostFields)};
        const auto equals = pair.find('=');
        TRY(auto name, decoded(pair.substr(0, equals)));
        TRY(auto value, decoded(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1)));
        add_field(out, std::move(name), std::move(value));
    }
    return out;
}

ReadContent read_wrapped(const WebhookRequest& request) {
    if (auto refused = refuse_encoding(request)) return *std::move(refused);
    if (media_type_of(request) != MediaType::json) return unsupported(request, "application/json");
    const auto parsed = parse_json(request.body);
    if (!parsed) return bad(parsed.error());
    auto content = from_json<Content>(*parsed);
    if (!content) return bad(std::move(content).error());
    return *std::move(content);
}

ReadContent read_raw(const WebhookRequest& request, Provider provider) {
    if (auto refused = refuse_encoding(request)) return *std::move(refused);
    switch (media_type_of(request)) {
    case MediaType::json: return read_json(request.body, "");
    case MediaType::form: return read_form(request.body, provider);
    case MediaType::none:
        if (request.body.empty()) return Content{};
        break;
    case MediaType::other: break;
    }
    return unsupported(request, "application/json or application/x-www-form-urlencoded");
}

} // namespace attune::logic::webhooks
