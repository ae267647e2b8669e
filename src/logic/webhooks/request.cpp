#include "logic/webhooks/request.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace attune::logic::webhooks {

const std::string* WebhookRequest::header(std::string_view name) const {
    const auto wanted = to_lower(name);
    const auto found =
        std::ranges::find_if(headers, [&](const HeaderField& field) { return to_lower(field.first) == wanted; });
    return found == headers.end() ? nullptr : &found->second;
}

const std::string* WebhookRequest::first_of(std::span<const std::string_view> names) const {
    for (const auto name : names) {
        if (const auto* value = header(name)) return value;
    }
    return nullptr;
}

int status_of(WebhookVerdict verdict) {
    switch (verdict) {
    case WebhookVerdict::accepted:
    case WebhookVerdict::repeated:
    case WebhookVerdict::challenged: return 200;
    case WebhookVerdict::unsupported_type: return 415;
    case WebhookVerdict::bad_body:
    case WebhookVerdict::disabled: return 400;
    case WebhookVerdict::too_large: return 413;
    case WebhookVerdict::address_refused: return 403;
    case WebhookVerdict::rate_limited: return 429;
    case WebhookVerdict::unauthorized:
    case WebhookVerdict::signature_missing:
    case WebhookVerdict::signature_wrong:
    case WebhookVerdict::signature_expired: return 401;
    }
    return 500;
}

std::string_view outcome_of(WebhookVerdict verdict) {
    switch (verdict) {
    case WebhookVerdict::accepted: return "accepted";
    case WebhookVerdict::repeated: return "repeated";
    case WebhookVerdict::challenged: return "challenged";
    case WebhookVerdict::unsupported_type:
    case WebhookVerdict::bad_body: return "bad";
    case WebhookVerdict::disabled:
    case WebhookVerdict::too_large:
    case WebhookVerdict::address_refused: return "refused";
    case WebhookVerdict::rate_limited: return "too_many";
    case WebhookVerdict::unauthorized:
    case WebhookVerdict::signature_missing:
    case WebhookVerdict::signature_wrong:
    case WebhookVerdict::signature_expired: break;
    }
    return "unauthorized";
}

} // namespace attune::logic::webhooks
