#include "flow/webhook_hits.hpp"

#include "flow/events.hpp"

namespace attune::flow {
namespace {

using logic::webhooks::Rate;
using logic::webhooks::Refusal;

struct FirstDelivery {
    EventId id;
    Timestamp created;
};
ATTUNE_FIELDS(FirstDelivery, id, created);

const Query kGeneration{"trigger.generation_of_webhook", "select generation from \"trigger\" where webhook_key = $1"};
const Query kRated{"webhook_hit.rated",
                   "select count(*) from (select 1 from webhook_hit where \"trigger\" = $1 and address = $2"
                   " and rated = true and verdict <> 'rate_limited' and updated > $3 limit $4) n"};
const Query kRefusedAgain{"webhook_hit.refused_again",
                          "update webhook_hit set count = count + 1, updated = $4, bytes = $5 where id ="
                          " (select id from webhook_hit where \"trigger\" = $1 and address = $2 and rated = true"
                          " and verdict = 'rate_limited' and updated > $3 order by updated desc limit 1)"};
const QueryOf<FirstDelivery> kFirstDelivery{"event.of_delivery",
                                            "select id, created from event where \"trigger\" = $1 and delivery = $2"};
const NewOf<WebhookHit> kNewHit{"webhook_hit.new"};
const Query kTrim{"webhook_hit.trim", "delete from webhook_hit where \"trigger\" = $1 and id <= (select id from"
                                      " webhook_hit where \"trigger\" = $1 order by id desc limit 1 offset $2)"};

Timestamp window_start(const Rate& limit, Timestamp now) {
    return now - std::chrono::seconds(limit.window_seconds);
}

Result<bool> is_over(Session& session, const Rate& limit, const WebhookHit& hit) {
    TRY(const auto count, session.scalar<std::int64_t>(kRated, hit.trigger, hit.address,
                                                       window_start(limit, hit.created), limit.requests));
    return count.value_or(0) >= limit.requests;
}

Refusal over(const Rate& limit) {
    return {WebhookVerdict::rate_limited,
            Error{Errc::too_many, fmt::format("expected at most {} requests in {} seconds from one address",
                                              limit.requests, limit.window_seconds)}};
}

Result<std::optional<Refusal>> refuse(Session& session, const WebhookArrival& arrival) {
    if (arrival.before_rate) return arrival.before_rate;
    if (arrival.rate) {
        TRY(const bool too_many, is_over(session, *arrival.rate, arrival.hit));
        if (too_many) return std::optional(over(*arrival.rate));
    }
    return arrival.after_rate;
}

/// The event, or that of the delivery that came before.
Result<void> record(Session& session, const WebhookArrival& arrival, WebhookReception& out) {
    const auto& event = arrival.event;
    TRY(auto recorded, record_events(session, {&event, 1}));
    if (!recorded.value.empty()) {
        CHECK(store_sealed(session, arrival.secrets));
        recorded.effects.count(Metric::events_recorded, "webhook");
        out.effects += std::move(recorded.effects);
        out.event = event.id;
        out.received_at = event.created;
        return {};
    }
    TRY(const auto first, session.find<FirstDelivery>(kFirstDelivery, event.trigger, event.delivery));
    if (!first) return Error{Errc::internal, "the event of a webhook was not recorded"};
    out.verdict = WebhookVerdict::repeated;
    out.event = first->id;
    out.received_at = first->created;
    return {};
}

/// A request that the rate limit refuses again is counted on the row of the one before.
Result<bool> counted_before(Session& session, const WebhookArrival& arrival, const WebhookReception& reception) {
    if (reception.verdict != WebhookVerdict::rate_limited) return false;
    const auto& hit = arrival.hit;
    TRY(const auto rows, session.execute(kRefusedAgain, hit.trigger, hit.address,
                                         window_start(*arrival.rate, hit.created), hit.created, hit.bytes));
    return rows > 0;
}

Result<void> log_hit(Session& session, const WebhookArrival& arrival, const WebhookReception& reception) {
    TRY(const bool is_counted, counted_before(session, arrival, reception));
    if (is_counted) return {};
    auto hit = arrival.hit;
    hit.verdict = reception.verdict;
    hit.status = logic::webhooks::status_of(reception.verdict);
    if (reception.refusal) hit.message = reception.refusal->error.text();
    if (reception.event) hit.event = reception.event;
    hit.rated = arrival.rate.has_value() && !arrival.before_rate;
    hit.updated = hit.created;
    CHECK(session.create(kNewHit, hit));
    if (arrival.trims) CHECK(session.execute(kTrim, hit.trigger, kKeptHits));
    return {};
}

} // namespace

Result<WebhookReception> receive_webhook(Session& session, const WebhookArrival& arrival) {
    WebhookReception out;
    TRY(const auto generation, session.scalar<std::int64_t>(kGeneration, arrival.key));
    if (generation != arrival.generation) {
        out.outdated = true;
        return out;
    }
    TRY(out.refusal, refuse(session, arrival));
    if (out.refusal) {
        out.verdict = out.refusal->verdict;
    } else if (arrival.is_challenge) {
        out.verdict = WebhookVerdict::challenged;
    } else {
        CHECK(record(session, arrival, out));
    }
    CHECK(log_hit(session, arrival, out));
    out.effects.count(Metric::webhook_requests, logic::webhooks::outcome_of(out.verdict));
    return out;
}

} // namespace attune::flow
