#include "flow/events.hpp"

#include "domain/event.hpp"
#include "domain/sealed_value.hpp"
#include "domain/trigger.hpp"

namespace attune::flow {
namespace {

const InsertOf<Event> kInsertEvent{"event.insert", "on conflict do nothing"};
const QueryOf<Event> kUndecided{"event.undecided",
                                "select {columns} from event where decided_at is null order by id limit $1"};
const QueryOf<Event> kUndecidedOfStripe{
    "event.undecided_of_stripe",
    "select {columns} from event where decided_at is null and (id / 64) % $2 = $3 order by id limit $1"};
const QueryOf<Event> kById{"event.by_id", "select {columns} from event where id = $1"};

} // namespace

Result<Changed<std::vector<std::size_t>>> record_events(Session& session, std::span<const Event> events,
                                                        std::span<const SealedValue> secrets) {
    Changed<std::vector<std::size_t>> out;
    TRY(out.value, session.insert_many<Event>(kInsertEvent, events));
    CHECK(store_sealed(session, secrets));
    for (const auto i : out.value) out.effects.ring(Topic::events, events[i].id);
    return out;
}

std::vector<SealedValue> take_secrets(const Vault& vault, const Trigger& trigger, Event& event) {
    auto* payload = event.payload ? event.payload->if_object() : nullptr;
    if (payload == nullptr || !trigger.out_schema) return {};
    const auto taken = logic::schema::take_secrets(json::value(*trigger.out_schema), *payload);
    return seal(vault, {SealedIn::event, event.id.value, "payload", SecretSource::event, trigger.ref}, taken.parts,
                event.created);
}

Result<std::vector<Event>> undecided_events(Session& session, std::int64_t limit, Stripe stripe) {
    if (stripe.of > 1) return session.all<Event>(kUndecidedOfStripe, limit, stripe.of, stripe.number);
    return session.all<Event>(kUndecided, limit);
}

Result<std::optional<Event>> find_event(Session& session, EventId id) {
    return session.find<Event>(kById, id);
}

} // namespace attune::flow
