#include "flow/timer_commands.hpp"

#include "domain/event.hpp"
#include "domain/trigger.hpp"
#include "flow/calendars.hpp"
#include "flow/timer_events.hpp"
#include "flow/timer_ranges.hpp"
#include "flow/timer_rows.hpp"
#include "flow/touched.hpp"

namespace attune::flow {
namespace {

namespace schedule = logic::schedule;

const InsertOf<Event> kInsertManual{"event.insert_manual"};
const Query kCountManual{"timer.count_manual", "update timer set manual = manual + 1 where id = $1"};
const Query kNextResume{"timer.next_resume", "select min(resume_at) from timer where resume_at is not null"};
const Query kDueResumes{"timer.due_resumes", "select id from timer where resume_at is not null and resume_at <= $1"
                                             " order by resume_at limit $2"};

constexpr int kMostFiredAhead = 10'000; ///< looked at

/// Errors: `conflict` when nothing would come of an event of this timer.
Result<void> check_enabled(const Timer& timer) {
    if (timer.enabled) return {};
    return Error{Errc::conflict,
                 timer.rule ? fmt::format("the rule {} (or its trigger) is disabled", name_of(timer))
                            : fmt::format("the trigger {} is disabled, or no enabled rule uses it", name_of(timer))};
}

/// The next nominal time to come. After the clock went back, the very next ones may have fired already.
Result<std::optional<Timestamp>> next_unfired(Session& session, const schedule::Schedule& compiled,
                                              const schedule::TimerState& state) {
    auto next = schedule::next_undecided(compiled, state);
    for (int i = 0; next && i < kMostFiredAhead; ++i) {
        TRY(const bool fired, has_fired(session, TimerId{state.timer_id}, *next));
        if (!fired) break;
        next = compiled.next(*next, state.anchor);
    }
    return next;
}

Result<void> end_pause(Session& session, Timer& timer, Timestamp now) {
    timer.paused = false;
    timer.pause_note.reset();
    timer.resume_at.reset();
    timer.resumed_at = now;
    timer.armed = timer.enabled;
    ++timer.revision;
    return save_timer(session, timer, now);
}

/// Whoever fires it is to look again.
Effects changed_timer(const Timer& before, const Timer& after) {
    Effects out;
    out.ring(Topic::timers);
    out.touch(touched(&before, &after));
    return out;
}

} // namespace

Result<Changed<Timer>> pause_timer(Session& session, TimerId id, const std::optional<std::string>& note,
                                   std::optional<Timestamp> until, Timestamp now) {
    if (until && *until <= now) {
        return invalid("until", fmt::format("expected a time after now, {}", format_timestamp_short(now)));
    }
    TRY(const auto before, lock_timer(session, id));
    auto timer = before;
    timer.paused = true;
    timer.armed = false;
    timer.pause_note = note;
    timer.resume_at = until;
    timer.trouble.reset();
    ++timer.revision;
    CHECK(save_timer(session, timer, now));
    auto effects = changed_timer(before, timer);
    return Changed{std::move(timer), std::move(effects)};
}

Result<Changed<Timer>> resume_timer(Session& session, TimerId id, Timestamp now) {
    TRY(const auto before, lock_timer(session, id));
    auto timer = before;
    if (timer.paused) CHECK(end_pause(session, timer, now));
    auto effects = changed_timer(before, timer);
    return Changed{std::move(timer), std::move(effects)};
}

Result<std::optional<Timestamp>> next_resume(Session& session) {
    TRY(const auto at, session.scalar<std::optional<Timestamp>>(kNextResume));
    return at.value_or(std::nullopt);
}

Result<std::int64_t> resume_due_timers(Session& session, std::int64_t limit, Timestamp now) {
    TRY(auto due, session.column<TimerId>(kDueResumes, now, limit));
    std::ranges::sort(due); // rows are locked in one order everywhere
    std::int64_t resumed = 0;
    for (const auto id : due) {
        TRY(auto timer, lock_timer(session, id));
        if (!timer.paused || !timer.resume_at || *timer.resume_at > now) continue; // somebody was faster
        CHECK(end_pause(session, timer, now));
        ++resumed;
    }
    return resumed;
}

Result<Changed<Event>> fire_timer_now(Session& session, TimerId id, EventId event_id, std::string_view by,
                                      Timestamp now) {
    TRY(const auto timer, lock_timer(session, id));
    CHECK(check_enabled(timer));
    TRY(const auto compiled, compile_schedule(session, timer.config));
    const schedule::Firing firing{.nominal = now, .reason = schedule::FiringReason::manual};
    auto event = event_of(timer, compiled, firing, timer.fired, now);
    event.id = event_id;
    event.payload->as_object()["by"] = json::string(by);
    CHECK(session.insert(kInsertManual, event));
    CHECK(session.execute(kCountManual, id));
    Effects effects;
    effects.ring(Topic::events, event_id);
    effects.count(Metric::events_recorded, "timer");
    effects.count(Metric::timer_firings, "manual");
    auto counted = timer;
    ++counted.manual;
    effects.touch(touched(&timer, &counted));
    return Changed{std::move(event), std::move(effects)};
}

Result<SkippedNext> skip_next_fire(Session& session, TimerId id, std::string_view by, Timestamp now) {
    TRY(const auto before, lock_timer(session, id));
    auto timer = before;
    CHECK(check_enabled(timer));
    if (timer.paused) return Error{Errc::conflict, "the timer is paused: it skips all of its times"};
    TRY(const auto compiled, compile_schedule(session, timer.config));
    const auto state = schedule::settled(compiled, state_of(timer));
    if (state.ahead) {
        return Error{Errc::conflict,
                     fmt::format("{} is skipped already, and a calendar has opened times before it since: "
                                 "these cannot be skipped by themselves (pause the timer until then)",
                                 format_timestamp_short(state.ahead->from))};
    }
    TRY(const auto next, next_unfired(session, compiled, state));
    if (!next || !schedule::next_due(compiled, state)) {
        return Error{Errc::conflict,
                     "the timer has no next time: " + ending_note(timer, compiled).value_or("it ended")};
    }
    const auto reason = fmt::format("skipped: {} wanted it", by);
    const TimerSkip range{timer.id, *next, *next, 1, reason, now};
    CHECK(record_ranges(session, id, {&range, 1}));
    // Of several in a row the first one stays the beginning.
    if (!timer.skipped_through || *timer.skipped_through < state.cursor) {
        timer.skipped_from = compiled.next(state.cursor, state.anchor);
    }
    timer.skipped_through = *next;
    ++timer.skipped;
    ++timer.revision;
    timer.note = ending_note(timer, compiled);
    CHECK(save_timer(session, timer, now));
    auto effects = changed_timer(before, timer);
    return SkippedNext{std::move(timer), *next, std::move(effects)};
}

} // namespace attune::flow
