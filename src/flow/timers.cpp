#include "flow/timers.hpp"

#include "flow/generation.hpp"
#include "logic/schedule/decide.hpp"
#include "logic/schedule/normalise.hpp"

namespace attune::flow {
namespace {

namespace schedule = logic::schedule;

const QueryOf<Timer> kOfRule{"timer.of_rule", "select {columns} from timer where rule = $1"};
const QueryOf<Timer> kOfTrigger{"timer.of_trigger", "select {columns} from timer where trigger = $1"};
const QueryOf<Timer> kById{"timer.by_id", "select {columns} from timer where id = $1"};
const NewOf<Timer> kNew{"timer.new"};
const UpdateOf<Timer> kUpdate{"timer.update"};
const Query kDelete{"timer.delete", "delete from timer where id = $1"};
const QueryOf<Trigger> kLockTrigger{"trigger.lock", "select {columns} from trigger where ref = $1 {for_update}"};
const Query kUsed{"rule.uses_trigger", "select count(*) from rule where trigger_ref = $1 and enabled = true"};
// In the order of its index: by id, SQLite would read the whole table.
const QueryOf<Timer> kChanged{"timer.changed", "select {columns} from timer where generation > $1 order by generation"};
const Query kRemoved{"timer.removed", "select row_id from definition_change where kind = 'timer' and generation > $1"};
const QueryOf<Timer> kArmed{"timer.armed",
                            "select {columns} from timer where armed = true and id > $1 order by id limit $2"};
const Query kCountArmed{"timer.count_armed", "select count(*) from timer where armed = true"};
const Query kMove{
    "timer.move",
    "update timer set cursor = $3, fired = fired + $4, late = late + $5, missed = missed + $6, skipped = skipped + $7,"
    " note = $8, updated = $9 where id = $1 and revision = $2 and cursor = $10 and armed = true"};
const Query kPullBack{
    "timer.pull_back",
    "update timer set cursor = case when forgotten > $3 then forgotten else $3 end, updated = $4"
    " where id = $1 and revision = $2 and cursor = $5 and armed = true and (forgotten is null or forgotten < $5)"};
const Query kForgotten{"timer.forgotten", "select forgotten from timer where id = $1"};
const InsertOf<Event> kInsertFiring{"event.insert_firing", "on conflict do nothing"};
const InsertOf<TimerSkip> kInsertSkip{"timer_skip.insert", "on conflict do nothing"};

schedule::TimerState state_of(const Timer& timer) {
    return {timer.anchor, timer.cursor, timer.fired, timer.id.value};
}

/// Why the timer has no time left, for people; nothing when it has.
std::optional<std::string> ending_note(const Timer& timer, const schedule::Schedule& compiled) {
    if (schedule::next_due(compiled, state_of(timer))) return std::nullopt;
    if (compiled.kind() == schedule::ScheduleKind::one_shot)
        return "its time was in the past when it was armed: it never fires";
    return "its schedule names no time after this: it never fires";
}

Result<void> save(Session& session, Timer& timer, Timestamp now) {
    TRY(timer.generation, next_generation(session));
    timer.updated = now;
    if (!timer.id) {
        timer.created = now;
        return session.create(kNew, timer);
    }
    // What retention has forgotten does not fire again, whatever the clock says now.
    TRY(const auto forgotten, session.scalar<std::optional<Timestamp>>(kForgotten, timer.id));
    timer.cursor = std::max(timer.cursor, forgotten.value_or(std::nullopt).value_or(timer.cursor));
    CHECK(session.update(kUpdate, timer));
    return {};
}

void start_from(Timer& timer, Timestamp now) {
    timer.anchor = timer.cursor = now;
    timer.fired = 0;
    timer.note.reset();
}

/// A timer that is armed again after a pause: what fell into the pause is skipped unless `on_resume` wants it, which
/// the scheduler then decides as a misfire.
Result<void> resume(Session& session, Timer& timer, const schedule::Schedule& compiled, Timestamp now) {
    if (compiled.options().on_resume != schedule::MisfirePolicy::skip) return {};
    const auto passed = schedule::decide_resume(compiled, state_of(timer), now);
    for (const auto& range : passed.skipped) {
        const TimerSkip skip{timer.id, range.from, range.to, range.count, "skipped: the timer was disabled", now};
        CHECK(session.insert(kInsertSkip, skip));
        timer.skipped += range.count;
    }
    timer.cursor = std::max(timer.cursor, now);
    return {};
}

/// Brings the timer's row to what is wanted of it.
Result<void> arm(Session& session, std::optional<Timer> existing, Timer wanted, bool anew, Timestamp now) {
    TRY(const auto compiled, schedule::Schedule::compile(wanted.config));
    if (!existing) {
        start_from(wanted, now);
        wanted.note = ending_note(wanted, compiled);
        return save(session, wanted, now);
    }
    auto timer = *std::move(existing);
    const bool changed = timer.config != wanted.config;
    if (timer.armed && !changed && timer.rule_ref == wanted.rule_ref && timer.trigger_ref == wanted.trigger_ref)
        return {};
    if (changed || (!timer.armed && anew)) {
        start_from(timer, now);
    } else if (!timer.armed) {
        CHECK(resume(session, timer, compiled, now));
    }
    timer.config = wanted.config;
    timer.rule_ref = wanted.rule_ref;
    timer.trigger_ref = wanted.trigger_ref;
    timer.armed = true;
    ++timer.revision;
    timer.note = ending_note(timer, compiled);
    return save(session, timer, now);
}

Result<void> disarm(Session& session, std::optional<Timer> existing, Timestamp now) {
    if (!existing || !existing->armed) return {};
    existing->armed = false;
    ++existing->revision;
    return save(session, *existing, now);
}

Result<void> remove(Session& session, const std::optional<Timer>& existing, Timestamp now) {
    if (!existing) return {};
    CHECK(session.execute(kDelete, existing->id));
    return note_deletion(session, "timer", existing->rule_ref.value_or(existing->trigger_ref), existing->id.value, now);
}

} // namespace

Result<void> sync_rule_timer(Session& session, const Rule& rule, Timestamp now) {
    TRY(auto existing, session.find<Timer>(kOfRule, rule.id));
    if (!schedule::is_rule_timer_trigger(rule.trigger_ref)) return remove(session, existing, now);
    TRY(const auto trigger, session.find<Trigger>(kLockTrigger, rule.trigger_ref));
    if (!rule.enabled || !trigger || !trigger->enabled) return disarm(session, std::move(existing), now);
    Timer wanted;
    wanted.rule = rule.id;
    wanted.rule_ref = rule.ref;
    wanted.trigger_ref = rule.trigger_ref;
    TRY(wanted.config, schedule::config_from_rule(rule.trigger_ref, rule.trigger_params));
    return arm(session, std::move(existing), std::move(wanted), false, now);
}

Result<void> drop_rule_timer(Session& session, RuleId rule, Timestamp now) {
    TRY(const auto existing, session.find<Timer>(kOfRule, rule));
    return remove(session, existing, now);
}

Result<void> sync_trigger_timer(Session& session, std::string_view trigger_ref, Timestamp now) {
    TRY(const auto trigger, session.find<Trigger>(kLockTrigger, trigger_ref));
    if (!trigger) return {};
    TRY(auto existing, session.find<Timer>(kOfTrigger, trigger->id));
    const auto config = trigger->param_schema ? schedule::config_from_trigger(*trigger->param_schema) : std::nullopt;
    if (!config) return remove(session, existing, now);
    TRY(const auto users, session.scalar<std::int64_t>(kUsed, trigger_ref));
    if (!trigger->enabled || users.value_or(0) == 0) return disarm(session, std::move(existing), now);
    Timer wanted;
    wanted.trigger = trigger->id;
    wanted.trigger_ref = trigger->ref;
    wanted.config = *config;
    return arm(session, std::move(existing), std::move(wanted), true, now);
}

Result<std::vector<Timer>> timers_changed_since(Session& session, std::int64_t generation) {
    return session.all<Timer>(kChanged, generation);
}

Result<std::vector<TimerId>> timers_removed_since(Session& session, std::int64_t generation) {
    return session.column<TimerId>(kRemoved, generation);
}

Result<std::vector<Timer>> armed_timers(Session& session, TimerId after, std::int64_t limit) {
    return session.all<Timer>(kArmed, after, limit);
}

Result<std::optional<Timer>> find_timer(Session& session, TimerId id) {
    return session.find<Timer>(kById, id);
}

Result<std::int64_t> count_armed_timers(Session& session) {
    TRY(const auto count, session.scalar<std::int64_t>(kCountArmed));
    return count.value_or(0);
}

Result<std::vector<std::size_t>> fire_timers(Session& session, std::span<const Firing> firings, Timestamp now) {
    const Session::RowSource row = [&](std::size_t i, std::vector<SqlValue>& values) {
        const auto& one = firings[i];
        values.push_back(to_sql(one.timer));
        values.push_back(to_sql(one.revision));
        values.push_back(to_sql(one.cursor));
        values.push_back(to_sql(static_cast<std::int64_t>(one.events.size())));
        values.push_back(to_sql(one.late));
        values.push_back(to_sql(one.missed));
        values.push_back(to_sql(one.skipped));
        values.push_back(to_sql(one.note));
        values.push_back(to_sql(now));
        values.push_back(to_sql(one.known));
    };
    TRY(auto moved, session.run_many(kMove, firings.size(), row));
    for (const auto i : moved) {
        CHECK(session.insert_many<Event>(kInsertFiring, firings[i].events));
        CHECK(session.insert_many<TimerSkip>(kInsertSkip, firings[i].skips));
    }
    return moved;
}

Result<void> pull_back_timer(Session& session, const Timer& timer, Timestamp cursor, std::string_view reason,
                             Timestamp now) {
    TRY(const auto moved, session.execute(kPullBack, timer.id, timer.revision, cursor, now, timer.cursor));
    if (moved == 0) return {};
    CHECK(session.insert(kInsertSkip, TimerSkip{timer.id, cursor, timer.cursor, 0, std::string(reason), now}));
    return {};
}

} // namespace attune::flow
