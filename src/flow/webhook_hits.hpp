#pragma once
// Requests to webhooks: the event, the log, and what only the database knows: the rate, and whether a delivery came
// before.
#include "domain/event.hpp"
#include "domain/sealed_value.hpp"
#include "domain/webhook.hpp"
#include "flow/effects.hpp"
#include "logic/webhooks/judgement.hpp"
#include "storage/session.hpp"

namespace attune::flow {

/// How many requests the log of one trigger keeps: of more, the newest. A rate limit counts among them.
inline constexpr std::int64_t kKeptHits = 10'000;

/// A request, judged as far as the database is not needed for that.
struct WebhookArrival {
    std::string key;
    std::int64_t generation = 0; ///< of the trigger that it was judged by
    std::optional<logic::webhooks::Refusal> before_rate;
    std::optional<logic::webhooks::Rate> rate;
    std::optional<logic::webhooks::Refusal> after_rate;
    bool is_challenge = false;
    Event event;                           ///< with its id; unused when it is refused
    std::vector<SealedValue> secrets = {}; ///< of its payload
    WebhookHit hit;                        ///< all but what becomes of it
    bool trims = false;                    ///< whether the log is cut to what it keeps
};

struct WebhookReception {
    bool outdated = false; ///< the webhook has changed, or is gone: nothing was written; look it up again
    std::optional<logic::webhooks::Refusal> refusal;
    WebhookVerdict verdict = WebhookVerdict::accepted;
    EventId event;         ///< of the first delivery
    Timestamp received_at; ///< likewise
    Effects effects;
};

/// Records the event and the request, or the request alone. The delivery's id is unique with the event: of any number
/// that arrive at once the first one is recorded, and the others get its event.
Result<WebhookReception> receive_webhook(Session& session, const WebhookArrival& arrival);

} // namespace attune::flow
