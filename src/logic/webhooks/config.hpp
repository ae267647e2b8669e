#pragma once
#include "base/hash_algorithm.hpp"
#include "base/reflect.hpp"
#include "logic/access/addresses.hpp"

#include <array>

/// What a trigger's webhook asks of those who call it.
namespace attune::logic::webhooks {

/// Who calls: what its signatures, delivery ids and bodies look like (providers.hpp).
enum class Provider { generic, github, gitlab, stripe, slack, alertmanager };
ATTUNE_ENUM(Provider, generic, github, gitlab, stripe, slack, alertmanager)

/// Each part is enabled unless it says otherwise; one that is not may be incomplete.
struct IpWhitelist {
    Omittable<bool> enabled;
    Omittable<std::vector<std::string>> ips; ///< addresses and ranges, 1 to 100
};
ATTUNE_STRUCT(IpWhitelist);

/// Of each client's address: at most so many requests in any such time.
struct RateLimit {
    Omittable<bool> enabled;
    Omittable<std::int64_t> requests;       ///< 1 to 1000
    Omittable<std::int64_t> window_seconds; ///< 1 to 3600
};
ATTUNE_STRUCT(RateLimit);

/// Requests are signed with a shared secret.
struct Hmac {
    Omittable<bool> enabled;
    Omittable<std::string> secret;
    Omittable<HashAlgorithm> algorithm; ///< sha256 by default
    Omittable<std::string> header;      ///< that has the signature; the provider's own by default

    HashAlgorithm hash() const { return algorithm.value_or(HashAlgorithm::sha256); }
};
ATTUNE_STRUCT(Hmac);

/// `token`: a header has the secret; `bearer`, `basic`: Authorization has it.
enum class AuthScheme { token, bearer, basic };
ATTUNE_ENUM(AuthScheme, token, bearer, basic)

/// Requests carry a shared secret.
struct Auth {
    Omittable<bool> enabled;
    Omittable<AuthScheme> scheme; ///< the provider's own by default
    Omittable<std::string> secret;
    Omittable<std::string> username; ///< of `basic`
    Omittable<std::string> header;   ///< of `token`; the provider's own by default
};
ATTUNE_STRUCT(Auth);

/// trigger.webhook_config
struct WebhookConfig {
    Omittable<Provider> provider; ///< generic by default
    Omittable<std::int64_t> payload_size_limit_kb;
    Omittable<IpWhitelist> ip_whitelist;
    Omittable<RateLimit> rate_limit;
    Omittable<Hmac> hmac;
    Omittable<Auth> auth;
    Omittable<std::int64_t> replay_window_seconds; ///< of signatures that say their time; 300 by default
    Omittable<std::string> delivery_header;        ///< that has the id of a delivery; the provider's own by default

    Provider caller() const { return provider.value_or(Provider::generic); }
};
ATTUNE_STRUCT(WebhookConfig);

/// Where the configuration has secrets (RFC 6901).
inline constexpr std::array<std::string_view, 2> kSecretPlaces{"/hmac/secret", "/auth/secret"};

/// Whether a part of a configuration, or a change of one, has members that are known and of the right types. Errors:
/// those of parse_config().
Result<void> check_members(const json::object& config);

/// Reads a configuration and checks it whole. Errors: `invalid`, with the member and what was expected; an unknown one
/// with the name that may be meant.
Result<WebhookConfig> parse_config(const json::object& config);

/// Of a configuration that was checked: the addresses that may call; nothing when all may.
std::optional<access::AddressList> allowed_addresses(const WebhookConfig& config);
/// At most so many requests of one address in any such time.
struct Rate {
    std::int64_t requests = 0;
    std::int64_t window_seconds = 0;
};
/// What is enabled of it; nothing, or null, when it is not.
std::optional<Rate> rate_of(const WebhookConfig& config);
const Hmac* hmac_of(const WebhookConfig& config);
const Auth* auth_of(const WebhookConfig& config);

} // namespace attune::logic::webhooks
