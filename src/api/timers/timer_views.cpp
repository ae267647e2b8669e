#include "api/timers/timer_views.hpp"

#include "flow/timer_rows.hpp"

namespace attune::api {

ATTUNE_FIELDS(TimerCounters, fired, late, missed, skipped, dropped, manual, backfilled, overlap_skipped, overlap_queued,
              overlap_cancelled);
ATTUNE_FIELDS(TimerSummary, id, rule, rule_ref, trigger_ref, kind, schedule, timezone, state, pause_note, resume_at,
              next_fire_at, last_nominal, counters, note, trouble, revision, created, updated);
ATTUNE_FIELDS(TimerDecision, at, until, count, decision, reason, event, overlap, decided_at);
ATTUNE_FIELDS_AFTER(TimerSummary, TimerDetail, config, anchor, cursor, next, clock_changes, last);

namespace {

namespace schedule = logic::schedule;

const attune::Query kLastNominal{"api.timer.last_nominal", "select max(nominal) from event where timer = $1"};

/// After which instant the times that will come are.
Timestamp looking_from(const Timer& timer, Timestamp now) {
    const auto cursor = flow::state_of(timer).cursor;
    if (timer.armed) return cursor; // what is due and not yet decided is still to come
    return std::max({cursor, now, timer.resume_at.value_or(now)});
}

void fill(TimerSummary& out, const Timer& timer, std::optional<Timestamp> last_nominal) {
    out.id = timer.id;
    out.rule = timer.rule;
    out.rule_ref = timer.rule_ref;
    out.trigger_ref = timer.trigger_ref;
    out.kind = text_member(timer.config, "type");
    out.schedule = to_text(timer.config);
    out.timezone = text_member(timer.config, "timezone", "UTC");
    out.state = state_of_timer(timer);
    out.pause_note = timer.pause_note;
    out.resume_at = timer.resume_at;
    out.last_nominal = last_nominal;
    out.counters = {
        timer.fired,  timer.late,       timer.missed,          timer.skipped,        timer.dropped,
        timer.manual, timer.backfilled, timer.overlap_skipped, timer.overlap_queued, timer.overlap_cancelled};
    out.note = timer.note;
    out.trouble = timer.trouble;
    out.revision = timer.revision;
    out.created = timer.created;
    out.updated = timer.updated;
}

/// What the schedule adds, when it can be read.
void fill(TimerSummary& out, const Timer& timer, const schedule::Schedule& compiled, Timestamp now) {
    out.schedule = compiled.describe();
    const bool comes = timer.armed || (timer.enabled && timer.resume_at);
    if (!comes) return;
    auto state = flow::state_of(timer);
    state.cursor = looking_from(timer, now);
    out.next_fire_at = schedule::next_due(compiled, state);
}

int runs_to_come(const Timer& timer, const schedule::Schedule& compiled, int most) {
    const auto& limit = compiled.options().max_fires;
    if (!limit) return most;
    return static_cast<int>(std::clamp<std::int64_t>(*limit - timer.fired, 0, most));
}

std::string reason_of(const json::object& payload) {
    const auto reason = text_member(payload, "reason", "normal");
    const auto by = text_member(payload, "by");
    if (!by.empty()) return fmt::format("{} asked for it", by);
    const auto* missed = payload.if_contains("missed_count");
    if (missed != nullptr && missed->is_int64() && missed->get_int64() > 0) {
        return fmt::format("{}: stands for {} times before it as well", reason, missed->get_int64());
    }
    const auto* late = payload.if_contains("lateness_ms");
    const auto ms = late == nullptr || !late->is_number() ? 0.0 : late->to_number<double>();
    return ms >= 1000 ? fmt::format("{}, {:.1f} s late", reason, ms / 1000) : reason;
}

} // namespace

TimerState state_of_timer(const Timer& timer) {
    if (!timer.enabled) return TimerState::disabled;
    if (timer.paused) return TimerState::paused;
    if (timer.trouble) return TimerState::unarmed;
    return timer.note ? TimerState::ended : TimerState::armed;
}

Result<std::optional<Timestamp>> last_nominal(Session& session, TimerId id) {
    TRY(const auto at, session.scalar<std::optional<Timestamp>>(kLastNominal, id));
    return at.value_or(std::nullopt);
}

TimerSummary summary_of(const Timer& timer, const schedule::CalendarLookup& calendars,
                        std::optional<Timestamp> last_nominal, Timestamp now) {
    TimerSummary out;
    fill(out, timer, last_nominal);
    if (const auto compiled = schedule::Schedule::compile(timer.config, calendars)) fill(out, timer, *compiled, now);
    return out;
}

TimerDetail detail_of(const Timer& timer, const schedule::CalendarLookup& calendars,
                      std::optional<Timestamp> last_nominal, int times, Timestamp now) {
    TimerDetail out;
    fill(out, timer, last_nominal);
    out.config = timer.config;
    out.anchor = timer.anchor;
    out.cursor = timer.cursor;
    const auto compiled = schedule::Schedule::compile(timer.config, calendars);
    if (!compiled) return out;
    fill(out, timer, *compiled, now);
    auto state = flow::state_of(timer);
    state.cursor = looking_from(timer, now);
    state = schedule::settled(*compiled, state);
    auto shown = schedule::preview(*compiled, state.cursor, timer.anchor, runs_to_come(timer, *compiled, times));
    // A calendar has opened times before those that were skipped.
    std::erase_if(shown.times, [&](const auto& one) {
        return state.ahead && one.at >= state.ahead->from && one.at <= state.ahead->through;
    });
    out.schedule = std::move(shown.description);
    out.next = std::move(shown.times);
    out.clock_changes = std::move(shown.clock_changes);
    return out;
}

TimerDecision decision_of(const Event& firing) {
    TimerDecision out;
    const auto* payload = firing.payload ? firing.payload->if_object() : nullptr;
    const auto reason = payload == nullptr ? std::string{} : text_member(*payload, "reason");
    out.at = firing.nominal.value_or(firing.created);
    out.decision = reason == "manual" ? "manual" : reason == "backfill" ? "backfilled" : "fired";
    if (payload != nullptr) out.reason = reason_of(*payload);
    out.event = firing.id;
    out.decided_at = firing.created;
    const auto* lines = firing.decision ? firing.decision->if_array() : nullptr;
    if (lines == nullptr) return out;
    for (const auto& line : *lines) {
        const auto* object = line.if_object();
        if (object != nullptr && object->contains("overlap")) out.overlap = text_member(*object, "overlap");
    }
    return out;
}

TimerDecision decision_of(const TimerSkip& range) {
    TimerDecision out;
    out.at = range.first;
    if (range.last != range.first) out.until = range.last;
    out.count = range.count;
    // The first word of the reason is the decision; a cursor that was moved decides nothing.
    out.decision = range.count == 0 ? "moved" : range.reason.substr(0, range.reason.find(':'));
    out.reason = range.reason;
    out.decided_at = range.created;
    return out;
}

} // namespace attune::api
