#include "logic/webhooks/judgement.hpp"

#include "base/text.hpp"
#include "logic/webhooks/providers.hpp"

#include <algorithm>

namespace attune::logic::webhooks {
namespace {

std::optional<Refusal> refuse_size(const Terms& terms, const WebhookRequest& request) {
    auto limit = terms.size_limit;
    if (const auto kilobytes = terms.config.payload_size_limit_kb)
        limit = std::min(limit, static_cast<std::size_t>(*kilobytes) * 1024);
    if (request.body.size() <= limit) return std::nullopt;
    return Refusal{WebhookVerdict::too_large,
                   Error{Errc::bad_request,
                         fmt::format("expected a body of at most {} bytes, got {}", limit, request.body.size())}};
}

std::optional<Refusal> refuse_address(const WebhookConfig& config, std::string_view address) {
    const auto allowed = allowed_addresses(config);
    if (!allowed || allowed->contains(address)) return std::nullopt;
    return Refusal{WebhookVerdict::address_refused,
                   Error{Errc::forbidden, fmt::format("the address {} is not allowed here", address)}};
}

std::optional<Refusal> refuse_delivery(const std::optional<std::string>& delivery) {
    if (!delivery || delivery->size() <= kLongestDelivery) return std::nullopt;
    return Refusal{
        WebhookVerdict::bad_body,
        Error{Errc::bad_request, fmt::format("expected the id of a delivery to have at most {} bytes, got {}",
                                             kLongestDelivery, delivery->size())}};
}

/// Slack's URL verification: https://docs.slack.dev/reference/events/url_verification
std::optional<std::string> challenge_of(Provider provider, const json::value& payload) {
    const auto* type = find_member(payload, "type");
    const auto* challenge = find_member(payload, "challenge");
    const bool is_asked = provider == Provider::slack && type != nullptr && *type == "url_verification" &&
                          challenge != nullptr && challenge->is_string();
    return is_asked ? std::optional<std::string>(challenge->get_string()) : std::nullopt;
}

std::optional<Refusal> refuse_early(const Terms& terms, const WebhookRequest& request) {
    if (!terms.enabled)
        return Refusal{WebhookVerdict::disabled,
                       Error{Errc::bad_request, "the webhook of this trigger is not enabled"}};
    if (auto refusal = refuse_size(terms, request)) return refusal;
    return refuse_address(terms.config, request.address);
}

} // namespace

Judgement judge(const Terms& terms, WebhookForm form, const WebhookRequest& request, const Hashing& hashing) {
    Judgement out;
    const auto provider = terms.config.caller();
    auto read = form == WebhookForm::wrapped ? read_wrapped(request) : read_raw(request, provider);
    if (auto* content = std::get_if<Content>(&read)) {
        out.content = std::move(*content);
    } else {
        out.before_rate = std::get<Refusal>(std::move(read));
    }
    out.delivery = delivery_of(terms.config, request, out.content.payload);
    if (!out.before_rate) out.before_rate = refuse_delivery(out.delivery);
    if (!out.before_rate) out.before_rate = refuse_early(terms, request);
    if (out.delivery) out.delivery->resize(utf8_cut(*out.delivery, kLongestDelivery));
    if (out.before_rate) return out;
    out.after_rate = refuse_stranger(terms.config, request, hashing);
    if (!out.after_rate && form == WebhookForm::raw) out.challenge = challenge_of(provider, out.content.payload);
    return out;
}

std::optional<std::string> delivery_of(const WebhookConfig& config, const WebhookRequest& request,
                                       const json::value& payload) {
    const auto& preset = preset_of(config.caller());
    const std::string* found = config.delivery_header ? request.header(*config.delivery_header) : nullptr;
    if (found == nullptr) found = request.first_of(preset.delivery_headers);
    if (found != nullptr && !trim(*found).empty()) return to_valid_utf8(trim(*found));
    if (preset.delivery_member.empty()) return std::nullopt;
    const auto* member = find_member(payload, preset.delivery_member);
    if (member == nullptr || !member->is_string() || member->get_string().empty()) return std::nullopt;
    return std::string(member->get_string());
}

} // namespace attune::logic::webhooks
