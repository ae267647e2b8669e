#include "logic/webhooks/authenticity.hpp"

#include "base/text.hpp"
#include "logic/webhooks/providers.hpp"

#include <algorithm>

namespace attune::logic::webhooks {
namespace {

constexpr std::int64_t kReplayWindow = 300; ///< seconds, to both sides
constexpr std::size_t kMostSignatures = 20; ///< of one header of Stripe's: one a secret that is in use

Refusal refused(WebhookVerdict verdict, std::string message) {
    return {verdict, Error{Errc::unauthenticated, std::move(message)}};
}

/// A signature as it was sent: what was signed, and the candidates of which one is to be right, as raw bytes.
struct Claim {
    std::string signed_text; ///< beside the body, before it
    std::vector<std::string> candidates;
    std::optional<std::int64_t> time; ///< Unix seconds
};

void add_hex(Claim& claim, std::string_view digits) {
    if (auto bytes = hex_decode(digits); bytes && claim.candidates.size() < kMostSignatures)
        claim.candidates.push_back(*std::move(bytes));
}

/// "sha256=<hex>" or "<hex>"; another algorithm than the configured one is no candidate.
Claim plain_claim(const Hmac& hmac, std::string_view text) {
    Claim out;
    text = trim(text);
    if (const auto equals = text.find('='); equals != std::string_view::npos) {
        if (to_lower(text.substr(0, equals)) != enum_name(hmac.hash())) return out;
        text.remove_prefix(equals + 1);
    }
    add_hex(out, text);
    return out;
}

Claim stripe_claim(std::string_view text) {
    Claim out;
    for (const auto part : split(text, ',')) {
        const auto equals = part.find('=');
        if (equals == std::string_view::npos) continue;
        const auto name = trim(part.substr(0, equals));
        const auto value = trim(part.substr(equals + 1));
        if (name == "v1") add_hex(out, value);
        if (name != "t") continue;
        out.time = parse_integer(value);
        out.signed_text = std::string(value) + ".";
    }
    return out;
}

Claim slack_claim(const WebhookRequest& request, std::string_view text) {
    Claim out;
    const auto* time = request.header("X-Slack-Request-Timestamp");
    if (time == nullptr || !text.starts_with("v0=")) return out;
    out.time = parse_integer(*time);
    out.signed_text = fmt::format("v0:{}:", *time);
    add_hex(out, text.substr(3));
    return out;
}

Claim claim_of(const WebhookConfig& config, const Hmac& hmac, const WebhookRequest& request, std::string_view text) {
    switch (preset_of(config.caller()).scheme) {
    case SignatureScheme::plain: return plain_claim(hmac, text);
    case SignatureScheme::stripe: return stripe_claim(text);
    case SignatureScheme::slack: return slack_claim(request, text);
    }
    return {};
}

bool holds(const Claim& claim, const Hmac& hmac, const WebhookRequest& request, const Hashing& hashing) {
    const auto expected = claim.signed_text.empty()
                              ? hashing.hmac(hmac.hash(), *hmac.secret, request.body)
                              : hashing.hmac(hmac.hash(), *hmac.secret, claim.signed_text + std::string(request.body));
    bool is_right = false;
    for (const auto& candidate : claim.candidates) is_right |= hashing.equal(candidate, expected);
    return is_right;
}

std::optional<Refusal> refuse_time(const WebhookConfig& config, const Claim& claim, Timestamp now) {
    if (!signs_its_time(config.caller())) return std::nullopt;
    if (!claim.time) return refused(WebhookVerdict::signature_wrong, "the signature does not say its time");
    const auto window = config.replay_window_seconds.value_or(kReplayWindow);
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
    if (*claim.time >= seconds - window && *claim.time <= seconds + window) return std::nullopt;
    return refused(WebhookVerdict::signature_expired,
                   fmt::format("the signature is of another time than the last or the next {} seconds", window));
}

std::optional<Refusal> refuse_signature(const WebhookConfig& config, const Hmac& hmac, const WebhookRequest& request,
                                        const Hashing& hashing) {
    const auto names = signature_headers(config, hmac);
    const auto* text = request.first_of(names);
    if (text == nullptr)
        return refused(WebhookVerdict::signature_missing, fmt::format("expected a signature in {}", names.front()));
    const auto claim = claim_of(config, hmac, request, *text);
    if (!holds(claim, hmac, request, hashing))
        return refused(WebhookVerdict::signature_wrong, "the signature is not that of this body");
    return refuse_time(config, claim, request.now);
}

/// Compares without telling how long the secret is.
bool same_secret(const Hashing& hashing, std::string_view a, std::string_view b) {
    constexpr std::string_view kKey = "compared";
    return hashing.equal(hashing.hmac(HashAlgorithm::sha256, kKey, a), hashing.hmac(HashAlgorithm::sha256, kKey, b));
}

/// What follows the name of the scheme in Authorization ("Bearer x"); empty when it is another one.
std::string_view credentials(const std::string* authorization, std::string_view scheme) {
    if (authorization == nullptr) return {};
    const std::string_view text = *authorization;
    const auto blank = text.find(' ');
    if (blank == std::string_view::npos || to_lower(text.substr(0, blank)) != scheme) return {};
    return trim(text.substr(blank));
}

std::optional<Refusal> refuse_secret(const WebhookConfig& config, const Auth& auth, const WebhookRequest& request,
                                     const Hashing& hashing) {
    const auto scheme = scheme_of(config, auth);
    std::string expected = *auth.secret;
    std::string_view given;
    std::string where = "Authorization";
    switch (scheme) {
    case AuthScheme::token: {
        where = token_header(config, auth);
        const auto* value = request.header(where);
        given = value == nullptr ? std::string_view{} : *value;
        break;
    }
    case AuthScheme::bearer: given = credentials(request.header(where), "bearer"); break;
    case AuthScheme::basic:
        given = credentials(request.header(where), "basic");
        expected = base64_encode(fmt::format("{}:{}", auth.username.value_or(""), *auth.secret));
        break;
    }
    if (given.empty())
        return refused(WebhookVerdict::unauthorized, fmt::format("expected the webhook's secret in {}", where));
    if (same_secret(hashing, given, expected)) return std::nullopt;
    return refused(WebhookVerdict::unauthorized, fmt::format("the secret in {} is not the webhook's", where));
}

} // namespace

std::optional<Refusal> refuse_stranger(const WebhookConfig& config, const WebhookRequest& request,
                                       const Hashing& hashing) {
    if (const auto* auth = auth_of(config)) {
        if (auto refusal = refuse_secret(config, *auth, request, hashing)) return refusal;
    }
    const auto* hmac = hmac_of(config);
    return hmac == nullptr ? std::nullopt : refuse_signature(config, *hmac, request, hashing);
}

} // namespace attune::logic::webhooks
