#include "logic/webhooks/providers.hpp"

#include <algorithm>

namespace attune::logic::webhooks {
namespace {

using Names = std::string_view[];

constexpr Names kAnySignature = {"X-Webhook-Signature", "X-Hub-Signature-256"};
constexpr Names kGithubSignature = {"X-Hub-Signature-256"};
constexpr Names kGithubSha1Signature = {"X-Hub-Signature"};
constexpr Names kStripeSignature = {"Stripe-Signature"};
constexpr Names kSlackSignature = {"X-Slack-Signature"};
constexpr Names kIdempotencyKey = {"Idempotency-Key"};
constexpr Names kGithubDelivery = {"X-GitHub-Delivery", "Idempotency-Key"};
// GitLab's retries share the first one; the second is shared by events that follow from each other, too.
constexpr Names kGitlabDelivery = {"Idempotency-Key", "X-Gitlab-Event-UUID"};

constexpr auto kPlain = SignatureScheme::plain;
constexpr std::string_view kToken = "X-Webhook-Token";

constexpr Preset kPresets[] = {
    {Provider::generic, kPlain, kAnySignature, AuthScheme::token, kToken, kIdempotencyKey, "", "", "", false},
    {Provider::github, kPlain, kGithubSignature, AuthScheme::token, kToken, kGithubDelivery, "", "X-GitHub-Event", "",
     true},
    {Provider::gitlab, kPlain, kAnySignature, AuthScheme::token, "X-Gitlab-Token", kGitlabDelivery, "",
     "X-Gitlab-Event", "object_kind", false},
    {Provider::stripe, SignatureScheme::stripe, kStripeSignature, AuthScheme::token, kToken, kIdempotencyKey, "id", "",
     "type", false},
    {Provider::slack, SignatureScheme::slack, kSlackSignature, AuthScheme::token, kToken, kIdempotencyKey, "event_id",
     "", "type", true},
    {Provider::alertmanager, kPlain, kAnySignature, AuthScheme::bearer, kToken, kIdempotencyKey, "", "", "status",
     false},
};

} // namespace

const Preset& preset_of(Provider provider) {
    return *std::ranges::find(kPresets, provider, &Preset::provider);
}

std::vector<std::string_view> signature_headers(const WebhookConfig& config, const Hmac& hmac) {
    if (hmac.header) return {*hmac.header};
    const bool is_old_github = config.caller() == Provider::github && hmac.hash() == HashAlgorithm::sha1;
    const auto names = is_old_github ? std::span(kGithubSha1Signature) : preset_of(config.caller()).signature_headers;
    return {names.begin(), names.end()};
}

AuthScheme scheme_of(const WebhookConfig& config, const Auth& auth) {
    return auth.scheme.value_or(preset_of(config.caller()).auth);
}

std::string_view token_header(const WebhookConfig& config, const Auth& auth) {
    return auth.header ? std::string_view(*auth.header) : preset_of(config.caller()).token_header;
}

bool signs_its_time(Provider provider) {
    return preset_of(provider).scheme != kPlain;
}

} // namespace attune::logic::webhooks
