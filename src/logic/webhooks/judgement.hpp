#pragma once
#include "logic/webhooks/authenticity.hpp"
#include "logic/webhooks/content.hpp"

/// The checks of a request in their order: its body, whether the webhook is enabled, the body's size, the client's
/// address, the rate (which the database knows), the secrets.
namespace attune::logic::webhooks {

/// Which form the body has.
enum class WebhookForm : std::uint8_t {
    wrapped, ///< the contract's
    raw,     ///< the provider's own
};

/// What a webhook asks for, and what of it is known beside its configuration.
struct Terms {
    const WebhookConfig& config;
    bool enabled = true;
    std::size_t size_limit = 0; ///< bytes of a body when the configuration states none; it may state less alone
};

/// What is found out without the database.
struct Judgement {
    std::optional<Refusal> before_rate;   ///< refused whatever the rate is
    std::optional<Refusal> after_rate;    ///< refused unless the rate limit refuses it
    Content content;                      ///< when it is not refused
    std::optional<std::string> delivery;  ///< the sender's id of it, also of what is refused
    std::optional<std::string> challenge; ///< Slack asks whether somebody is there: the answer, and no event
};
Judgement judge(const Terms& terms, WebhookForm form, const WebhookRequest& request, const Hashing& hashing);

/// The sender's id of a delivery, at most kLongestDelivery bytes.
inline constexpr std::size_t kLongestDelivery = 255;
std::optional<std::string> delivery_of(const WebhookConfig& config, const WebhookRequest& request,
                                       const json::value& payload);

} // namespace attune::logic::webhooks
