#include "logic/webhooks/webhook_event.hpp"

#include "base/text.hpp"
#include "logic/webhooks/providers.hpp"

#include <algorithm>
#include <array>

namespace attune::logic::webhooks {
namespace {

constexpr std::string_view kSource = "webhook";
constexpr std::array<std::string_view, 7> kSecretWords{"authorization", "cookie",   "token",  "secret",
                                                       "signature",     "password", "api-key"};

/// `name`: in lower case.
bool is_secret(const WebhookConfig& config, std::string_view name) {
    const auto is_named = [&](const Omittable<std::string>& header) { return header && to_lower(*header) == name; };
    if ((config.hmac && is_named(config.hmac->header)) || (config.auth && is_named(config.auth->header))) return true;
    return std::ranges::any_of(kSecretWords, [&](std::string_view word) { return name.find(word) != name.npos; });
}

void put(json::object& config, std::string_view name, const std::optional<std::string>& text) {
    if (text) config[name] = json::string(*text);
}

std::optional<std::string> header_text(const WebhookRequest& request, std::string_view name) {
    const auto* value = request.header(name);
    return value == nullptr ? std::nullopt : std::optional(to_valid_utf8(*value));
}

/// What happened, as the provider calls it: "push".
std::optional<std::string> kind_of(const Preset& preset, const WebhookRequest& request, const json::value& payload) {
    if (auto stated = header_text(request, preset.kind_header)) return stated;
    const auto* member = preset.kind_member.empty() ? nullptr : find_member(payload, preset.kind_member);
    return member == nullptr || !member->is_string() ? std::nullopt : std::optional<std::string>(member->get_string());
}

} // namespace

json::object shown_headers(const WebhookConfig& config, const WebhookRequest& request) {
    json::object out;
    for (const auto& [field, value] : request.headers) {
        const auto name = to_lower(to_valid_utf8(field));
        if (is_secret(config, name)) continue;
        auto& slot = out[name];
        const auto text = to_valid_utf8(value);
        slot = json::string(slot.is_string() ? std::string(slot.get_string()) + ", " + text : text);
    }
    return out;
}

json::object shown_headers(const WebhookConfig& config, const json::object& stated) {
    json::object out;
    for (const auto& [name, value] : stated) {
        if (!is_secret(config, to_lower(name))) out[name] = value;
    }
    return out;
}

Event event_of(const Trigger& trigger, const WebhookConfig& config, WebhookForm form, const WebhookRequest& request,
               Judgement judgement) {
    const bool is_raw = form == WebhookForm::raw;
    auto& content = judgement.content;
    json::object about{{"source", kSource}, {"received_at", format_timestamp(request.now)}};
    if (is_raw) {
        about["provider"] = enum_name(config.caller());
        put(about, "kind", kind_of(preset_of(config.caller()), request, content.payload));
        about["headers"] = shown_headers(config, request);
    } else {
        put(about, "webhook_key", trigger.webhook_key);
        if (content.headers) about["headers"] = shown_headers(config, *content.headers);
    }
    about["source_ip"] = content.source_ip.value_or(std::string(request.address));
    put(about, "user_agent", content.user_agent ? content.user_agent : header_text(request, "user-agent"));
    put(about, "delivery", judgement.delivery);
    if (hmac_of(config) != nullptr) about["hmac_verified"] = true;

    Event out;
    out.trigger = trigger.id;
    out.trigger_ref = trigger.ref;
    out.payload = std::move(content.payload);
    out.config = json::value(std::move(about));
    out.source_ref = kSource;
    out.delivery = std::move(judgement.delivery);
    out.created = request.now;
    return out;
}

} // namespace attune::logic::webhooks
