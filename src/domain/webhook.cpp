#include "domain/webhook.hpp"

namespace attune {

ATTUNE_ROW(WebhookHit, "webhook_hit", id, trigger, address, user_agent, verdict, status, message, delivery, event,
           bytes, count, rated, created, updated);

} // namespace attune
