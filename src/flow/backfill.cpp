#include "flow/backfill.hpp"

#include "domain/event.hpp"
#include "domain/trigger.hpp"
#include "flow/calendars.hpp"
#include "flow/timer_events.hpp"
#include "flow/timer_ranges.hpp"
#include "flow/timer_rows.hpp"
#include "flow/touched.hpp"

namespace attune::flow {

ATTUNE_FIELDS(RefusedPart, from, to, reason);

namespace {

namespace schedule = logic::schedule;

const InsertOf<Event> kInsertBackfill{"event.insert_backfill", "on conflict do nothing"};
const Query kCountBackfilled{"timer.count_backfilled", "update timer set backfilled = backfilled + $2 where id = $1"};

/// Cuts off what may not be run: [from, to) shrinks.
void refuse_ends(const Timer& timer, Timestamp& from, Timestamp& to, Timestamp now, Backfill& out) {
    if (timer.forgotten && from <= *timer.forgotten) {
        const auto first = std::min(to, *timer.forgotten + Duration{1});
        out.refused.push_back(
            {from, first, "retention has deleted the events of this time: whether they ran is not known any more"});
        from = first;
    }
    // What the timer has not decided yet it will decide itself, once.
    const auto decided = std::min(timer.cursor, now) + Duration{1};
    if (to > decided && to > from) {
        const auto end = std::max(from, decided);
        out.refused.push_back({end, to, "the timer has not decided these times yet: it will fire or skip them itself"});
        to = end;
    }
}

Result<std::vector<Timestamp>> nominal_times(const schedule::Schedule& compiled, const Timer& timer, Timestamp from,
                                             Timestamp to) {
    std::vector<Timestamp> out;
    for (auto at = compiled.next(from - Duration{1}, timer.anchor); at && *at < to;
         at = compiled.next(*at, timer.anchor)) {
        if (out.size() == kMostBackfilled) {
            return invalid("to", fmt::format("expected at most {} nominal times in a backfill; this many end at {}",
                                             kMostBackfilled, format_timestamp_short(out.back())));
        }
        out.push_back(*at);
    }
    return out;
}

Result<Backfill> plan(Session& session, const Timer& timer, const schedule::Schedule& compiled, Timestamp from,
                      Timestamp to, Timestamp now) {
    if (to <= from) return invalid("to", "expected a time after from");
    if (!timer.enabled) {
        return Error{Errc::conflict, fmt::format("{} is disabled: nothing would come of its events", name_of(timer))};
    }
    Backfill out;
    refuse_ends(timer, from, to, now, out);
    if (from >= to) return out;
    TRY(out.nominal, nominal_times(compiled, timer, from, to));
    if (out.nominal.empty()) return out;
    // One look-up each: an older schedule of this timer may have left any number of events in the range.
    std::vector<Timestamp> missing;
    for (const auto at : out.nominal) {
        TRY(const bool fired, has_fired(session, timer.id, at));
        if (!fired) missing.push_back(at);
    }
    out.recorded = static_cast<std::int64_t>(out.nominal.size() - missing.size());
    out.nominal = std::move(missing);
    return out;
}

} // namespace

Result<Backfill> plan_backfill(Session& session, TimerId id, Timestamp from, Timestamp to, Timestamp now) {
    TRY(const auto timer, get_timer(session, id));
    TRY(const auto compiled, compile_schedule(session, timer.config));
    return plan(session, timer, compiled, from, to, now);
}

Result<Backfill> run_backfill(Session& session, TimerId id, Timestamp from, Timestamp to, std::span<const EventId> ids,
                              std::string_view by, Timestamp now) {
    TRY(const auto timer, lock_timer(session, id));
    TRY(const auto compiled, compile_schedule(session, timer.config));
    TRY(auto planned, plan(session, timer, compiled, from, to, now));
    if (planned.nominal.size() > ids.size()) {
        return Error{Errc::conflict, "the timer has changed meanwhile: look at the dry run again"};
    }
    std::vector<Event> events;
    for (std::size_t i = 0; i < planned.nominal.size(); ++i) {
        const schedule::Firing firing{.nominal = planned.nominal[i], .reason = schedule::FiringReason::backfill};
        auto event = event_of(timer, compiled, firing, timer.fired, now);
        event.id = ids[i];
        event.payload->as_object()["by"] = json::string(by);
        events.push_back(std::move(event));
    }
    TRY(const auto inserted, session.insert_many<Event>(kInsertBackfill, events));
    CHECK(session.execute(kCountBackfilled, id, static_cast<std::int64_t>(inserted.size())));
    for (const auto i : inserted) planned.effects.ring(Topic::events, events[i].id);
    planned.effects.count(Metric::events_recorded, "timer", inserted.size());
    planned.effects.count(Metric::timer_firings, "backfill", inserted.size());
    auto counted = timer;
    counted.backfilled += static_cast<std::int64_t>(inserted.size());
    planned.effects.touch(touched(&timer, &counted));
    return planned;
}

} // namespace attune::flow
