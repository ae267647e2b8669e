#include "logic/webhooks/config.hpp"

#include "base/text.hpp"
#include "logic/webhooks/providers.hpp"

#include <algorithm>

namespace attune::logic::webhooks {

ATTUNE_FIELDS(IpWhitelist, enabled, ips);
ATTUNE_FIELDS(RateLimit, enabled, requests, window_seconds);
ATTUNE_FIELDS(Hmac, enabled, secret, algorithm, header);
ATTUNE_FIELDS(Auth, enabled, scheme, secret, username, header);
ATTUNE_FIELDS(WebhookConfig, provider, payload_size_limit_kb, ip_whitelist, rate_limit, hmac, auth,
              replay_window_seconds, delivery_header);

namespace {

constexpr std::int64_t kMostRequests = 1000;
constexpr std::int64_t kLongestRateWindow = 3600;
constexpr std::int64_t kMostKilobytes = 1024 * 1024;
constexpr std::int64_t kLongestReplayWindow = 3600;
constexpr std::size_t kLongestSecret = 1024;
constexpr std::size_t kLongestHeaderName = 64;

Result<void> check_range(std::string_view field, std::int64_t value, std::int64_t most) {
    if (value >= 1 && value <= most) return {};
    return invalid(std::string(field), fmt::format("expected a whole number from 1 to {}, got {}", most, value));
}

/// A token of RFC 9110.
bool is_header_name(std::string_view name) {
    const auto is_token = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    };
    return !name.empty() && name.size() <= kLongestHeaderName && std::ranges::all_of(name, is_token);
}

Result<void> check_header(std::string_view field, const Omittable<std::string>& name) {
    if (!name || is_header_name(*name)) return {};
    return invalid(std::string(field),
                   fmt::format("expected the name of a header, of at most {} characters", kLongestHeaderName));
}

template <class Part>
bool is_enabled(const Part& part) {
    return part.enabled.value_or(true);
}

/// Needed unless its part is switched off.
Result<void> check_secret(std::string_view field, const Omittable<std::string>& secret, bool needed) {
    const auto size = secret ? secret->size() : 0;
    if (needed && size == 0) return invalid(std::string(field), "is required");
    if (size <= kLongestSecret) return {};
    return invalid(std::string(field), fmt::format("expected at most {} bytes, got {}", kLongestSecret, size));
}

Result<void> check_number(std::string_view field, const Omittable<std::int64_t>& value, std::int64_t most,
                          bool needed) {
    if (value) return check_range(field, *value, most);
    return needed ? Result<void>(invalid(std::string(field), "is required (integer)")) : Result<void>{};
}

Result<void> check_addresses(const IpWhitelist& list) {
    const auto ips = list.ips.value_or(std::vector<std::string>{});
    CHECK(access::AddressList::parse(ips, "ip_whitelist.ips"));
    if (is_enabled(list) && ips.empty())
        return invalid("ip_whitelist.ips", "expected at least one address, or enabled: false");
    return {};
}

Result<void> check_rate(const RateLimit& limit) {
    CHECK(check_number("rate_limit.requests", limit.requests, kMostRequests, is_enabled(limit)));
    return check_number("rate_limit.window_seconds", limit.window_seconds, kLongestRateWindow, is_enabled(limit));
}

Result<void> check_hmac(const WebhookConfig& config, const Hmac& hmac) {
    CHECK(check_header("hmac.header", hmac.header));
    if (signs_its_time(config.caller()) && hmac.hash() != HashAlgorithm::sha256) {
        return invalid("hmac.algorithm", fmt::format("expected sha256, which is what {} signs with, got {}",
                                                     enum_name(config.caller()), enum_name(hmac.hash())));
    }
    return check_secret("hmac.secret", hmac.secret, is_enabled(hmac));
}

Result<void> check_auth(const WebhookConfig& config, const Auth& auth) {
    const auto scheme = scheme_of(config, auth);
    CHECK(check_header("auth.header", auth.header));
    if (auth.header && scheme != AuthScheme::token)
        return invalid("auth.header", fmt::format("is of the scheme token alone, and this is {}", enum_name(scheme)));
    if (scheme == AuthScheme::basic) {
        if (!auth.username && is_enabled(auth)) return invalid("auth.username", "is required by the scheme basic");
        if (auth.username && auth.username->find(':') != std::string::npos)
            return invalid("auth.username", "cannot hold ':'");
    } else if (auth.username) {
        return invalid("auth.username", fmt::format("is of the scheme basic alone, and this is {}", enum_name(scheme)));
    }
    return check_secret("auth.secret", auth.secret, is_enabled(auth));
}

Result<void> check_replay_window(const WebhookConfig& config) {
    if (!config.replay_window_seconds) return {};
    if (!signs_its_time(config.caller())) {
        return invalid("replay_window_seconds", fmt::format("is of the providers stripe and slack, whose signatures "
                                                            "say their time; this is {}",
                                                            enum_name(config.caller())));
    }
    return check_range("replay_window_seconds", *config.replay_window_seconds, kLongestReplayWindow);
}

Result<void> check(const WebhookConfig& config) {
    if (config.payload_size_limit_kb)
        CHECK(check_range("payload_size_limit_kb", *config.payload_size_limit_kb, kMostKilobytes));
    if (config.ip_whitelist) CHECK(check_addresses(*config.ip_whitelist));
    if (config.rate_limit) CHECK(check_rate(*config.rate_limit));
    if (config.hmac) CHECK(check_hmac(config, *config.hmac));
    if (config.auth) CHECK(check_auth(config, *config.auth));
    CHECK(check_replay_window(config));
    return check_header("delivery_header", config.delivery_header);
}

template <class T>
const T* enabled(const Omittable<T>& part) {
    return part && is_enabled(*part) ? &*part : nullptr;
}

Result<WebhookConfig> read_members(const json::object& config) {
    return from_json<WebhookConfig>(json::value(config), {}, {.unknown = DecodeOptions::Unknown::refuse});
}

} // namespace

Result<void> check_members(const json::object& config) {
    CHECK(read_members(config));
    return {};
}

Result<WebhookConfig> parse_config(const json::object& config) {
    TRY(auto parsed, read_members(config));
    CHECK(check(parsed));
    return parsed;
}

std::optional<access::AddressList> allowed_addresses(const WebhookConfig& config) {
    const auto* list = enabled(config.ip_whitelist);
    if (list == nullptr) return std::nullopt;
    auto parsed = access::AddressList::parse(*list->ips, "ip_whitelist.ips");
    return parsed ? *std::move(parsed) : access::AddressList{};
}

std::optional<Rate> rate_of(const WebhookConfig& config) {
    const auto* limit = enabled(config.rate_limit);
    return limit == nullptr ? std::nullopt : std::optional(Rate{*limit->requests, *limit->window_seconds});
}
const Hmac* hmac_of(const WebhookConfig& config) {
    return enabled(config.hmac);
}
const Auth* auth_of(const WebhookConfig& config) {
    return enabled(config.auth);
}

} // namespace attune::logic::webhooks
