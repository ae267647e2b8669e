#pragma once
#include "domain/event.hpp"
#include "domain/trigger.hpp"
#include "logic/webhooks/judgement.hpp"

/// The event that a webhook makes.
namespace attune::logic::webhooks {

/// Beside its id. The payload is what the body says; the config tells of the request: source ("webhook"), provider,
/// received_at, headers, source_ip, user_agent, delivery, kind, hmac_verified.
Event event_of(const Trigger& trigger, const WebhookConfig& config, WebhookForm form, const WebhookRequest& request,
               Judgement judgement);

/// The headers that an event has: by their names in lower case, several of one name joined by ", ". Those that carry
/// secrets are left out: the names of the configuration, and all that have a word such as "token" or "signature".
json::object shown_headers(const WebhookConfig& config, const WebhookRequest& request);
json::object shown_headers(const WebhookConfig& config, const json::object& stated);

} // namespace attune::logic::webhooks
