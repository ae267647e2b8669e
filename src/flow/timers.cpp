#include "flow/timers.hpp"

#include "domain/event.hpp"
#include "domain/rule.hpp"
#include "domain/trigger.hpp"
#include "flow/calendars.hpp"
#include "flow/generation.hpp"
#include "flow/lock_trigger.hpp"
#include "flow/timer_events.hpp"
#include "flow/timer_rows.hpp"
#include "logic/schedule/normalise.hpp"

namespace attune::flow {

ATTUNE_FIELDS(UnarmedTimer, id, ref, reason);

namespace {

namespace schedule = logic::schedule;

const QueryOf<Timer> kOfRule{"timer.of_rule", "select {columns} from timer where rule = $1 {for_update}"};
const QueryOf<Timer> kOfTrigger{"timer.of_trigger", "select {columns} from timer where trigger = $1 {for_update}"};
const QueryOf<Timer> kById{"timer.by_id", "select {columns} from timer where id = $1"};
const Query kDelete{"timer.delete", "delete from timer where id = $1"};
const Query kUsed{"rule.uses_trigger", "select count(*) from rule where trigger_ref = $1 and enabled = true"};
// In the order of its index: by id, SQLite would read the whole table.
const QueryOf<Timer> kChanged{"timer.changed", "select {columns} from timer where generation > $1 order by generation"};
const Query kRemoved{"timer.removed", "select row_id from definition_change where kind = 'timer' and generation > $1"};
const QueryOf<Timer> kArmed{"timer.armed",
                            "select {columns} from timer where armed = true and id > $1 order by id limit $2"};
const Query kCountArmed{"timer.count_armed", "select count(*) from timer where armed = true"};
const Query kArmedSum{"timer.armed_sum", "select count(*), coalesce(sum(revision), 0) from timer where armed = true"};
const Query kNoteTrouble{
    "timer.note_trouble",
    "update timer set trouble = $3, updated = $4 where id = $1 and revision = $2 and armed = true"};
const Query kCountUnarmed{"timer.count_unarmed", "select count(*) from timer where trouble is not null"};
const QueryOf<UnarmedTimer> kUnarmed{"timer.unarmed",
                                     "select id, coalesce(rule_ref, trigger_ref) as ref, trouble as reason from timer"
                                     " where trouble is not null order by id limit $1"};
const Query kMove{
    "timer.move",
    "update timer set cursor = $3, fired = fired + $4, late = late + $5, missed = missed + $6, skipped = skipped + $7,"
    " dropped = dropped + $8, note = $9, updated = $10"
    " where id = $1 and revision = $2 and cursor = $11 and armed = true"};
const Query kUncount{"timer.uncount", "update timer set fired = fired - $2 where id = $1"};
const Query kUncountPassed{
    "timer.uncount_passed",
    "update timer set missed = missed - $2, skipped = skipped - $3, dropped = dropped - $4 where id = $1"};
const Query kPullBack{
    "timer.pull_back",
    "update timer set cursor = case when forgotten > $3 then forgotten else $3 end, skipped_from = null,"
    " skipped_through = null,"
    " updated = $4"
    " where id = $1 and revision = $2 and cursor = $5 and armed = true and (forgotten is null or forgotten < $5)"};
const Query kForgetNote{"timer.forget_note", "update timer set note = null where id = $1 and note is not null"};
const InsertOf<Event> kInsertFiring{"event.insert_firing", "on conflict do nothing"};
const InsertOf<TimerSkip> kInsertPullback{"timer_skip.insert_pullback", "on conflict do nothing"};

void start_from(Timer& timer, Timestamp now) {
    timer.anchor = timer.cursor = now;
    timer.resumed_at.reset();
    timer.skipped_from.reset();
    timer.skipped_through.reset();
    timer.fired = 0;
}

/// The schedule starts from now; what was passed over later than that is to be decided again.
Result<void> start_anew(Session& session, Timer& timer, Timestamp now) {
    const auto former = compile_schedule(session, timer.config);
    const auto kept = timer.forgotten ? std::max(now, *timer.forgotten) : now;
    TRY(const auto withdrawn, withdraw_ranges(session, timer, kept, former ? &*former : nullptr));
    timer.missed -= withdrawn.missed;
    timer.skipped -= withdrawn.skipped;
    timer.dropped -= withdrawn.dropped;
    start_from(timer, now);
    return {};
}

/// Brings the timer's row to what is wanted of it. `anew`: it starts from now whenever it is enabled.
Result<void> arm(Session& session, std::optional<Timer> existing, Timer wanted, bool anew, Timestamp now) {
    TRY(const auto compiled, compile_schedule(session, wanted.config));
    if (!existing) {
        start_from(wanted, now);
        wanted.note = ending_note(wanted, compiled);
        return save_timer(session, wanted, now);
    }
    auto timer = *std::move(existing);
    const bool changed = timer.config != wanted.config;
    if (timer.enabled && !changed && timer.rule_ref == wanted.rule_ref && timer.trigger_ref == wanted.trigger_ref)
        return {};
    if (changed || (!timer.enabled && anew)) {
        CHECK(start_anew(session, timer, now));
    } else if (!timer.enabled) {
        timer.resumed_at = now; // the scheduler decides the nominal times in between by `on_resume`
    }
    timer.config = wanted.config;
    timer.rule_ref = wanted.rule_ref;
    timer.trigger_ref = wanted.trigger_ref;
    timer.enabled = true;
    timer.armed = !timer.paused;
    ++timer.revision;
    timer.note = ending_note(timer, compiled);
    timer.trouble.reset();
    return save_timer(session, timer, now);
}

Result<void> uncount(Session& session, TimerId timer, const PassedOver& what) {
    if (what.missed == 0 && what.skipped == 0 && what.dropped == 0) return {};
    CHECK(session.execute(kUncountPassed, timer, what.missed, what.skipped, what.dropped));
    return {};
}

/// A misfire stands for what was recorded, not for what had fired before the clock went back.
std::vector<Event> without_fired(std::vector<Event> events, const RecordedRanges& recorded) {
    const auto fired = recorded.fired_already.sum();
    if (fired == 0) return events;
    for (auto& event : events) stand_for_less(event, fired, recorded.first);
    return events;
}

Result<void> disarm(Session& session, std::optional<Timer> existing, Timestamp now) {
    if (!existing || !existing->enabled) return {};
    existing->enabled = existing->armed = false;
    existing->trouble.reset();
    ++existing->revision;
    return save_timer(session, *existing, now);
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
    TRY(const auto trigger, lock_trigger(session, rule.trigger_ref));
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
    TRY(const auto trigger, lock_trigger(session, trigger_ref));
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

Result<ArmedSum> armed_sum(Session& session) {
    ArmedSum out;
    TRY(out.generation, current_generation(session));
    const Session::RowSink sink = [&](const Row& row) -> Result<void> {
        out.count = row.integer(0);
        out.revisions = row.integer(1);
        return {};
    };
    CHECK(session.each(kArmedSum, sink));
    return out;
}

Result<void> note_troubles(Session& session, std::span<const TimerTrouble> troubles, Timestamp now) {
    for (const auto& one : troubles) CHECK(session.execute(kNoteTrouble, one.timer, one.revision, one.text, now));
    return {};
}

Result<UnarmedTimers> unarmed_timers(Session& session, std::int64_t limit) {
    UnarmedTimers out;
    TRY(const auto count, session.scalar<std::int64_t>(kCountUnarmed));
    out.count = count.value_or(0);
    TRY(out.first, session.all<UnarmedTimer>(kUnarmed, limit));
    return out;
}

Result<Changed<std::vector<std::size_t>>> fire_timers(Session& session, std::span<const Firing> firings,
                                                      Timestamp now) {
    const Session::RowSource row = [&](std::size_t i, std::vector<SqlValue>& values) {
        const auto& one = firings[i];
        values.push_back(to_sql(one.timer));
        values.push_back(to_sql(one.revision));
        values.push_back(to_sql(one.cursor));
        values.push_back(to_sql(static_cast<std::int64_t>(one.events.size())));
        values.push_back(to_sql(one.late));
        values.push_back(to_sql(one.passed.missed));
        values.push_back(to_sql(one.passed.skipped));
        values.push_back(to_sql(one.passed.dropped));
        values.push_back(to_sql(one.note));
        values.push_back(to_sql(now));
        values.push_back(to_sql(one.known));
    };
    TRY(const auto moved, session.run_many(kMove, firings.size(), row));
    Changed<std::vector<std::size_t>> out;
    for (const auto i : moved) {
        const auto& one = firings[i];
        TRY(const auto recorded, record_ranges(session, one.timer, one.skips));
        CHECK(uncount(session, one.timer, recorded.fired_already));
        const auto events = without_fired(one.events, recorded);
        TRY(const auto fired, session.insert_many<Event>(kInsertFiring, events));
        for (const auto e : fired) out.effects.ring(Topic::events, events[e].id);
        if (fired.size() == one.events.size()) {
            out.value.push_back(i);
        } else { // after a cursor was pulled back: what had fired before does not fire, nor count, again
            CHECK(session.execute(kUncount, one.timer, static_cast<std::int64_t>(one.events.size() - fired.size())));
        }
    }
    return out;
}

Result<bool> pull_back_timer(Session& session, const Timer& timer, Timestamp cursor, std::string_view reason,
                             Timestamp now) {
    TRY(const auto moved, session.execute(kPullBack, timer.id, timer.revision, cursor, now, timer.cursor));
    if (moved == 0) return false;
    TRY(const auto back, get_timer(session, timer.id)); // with what retention has forgotten by now
    const auto compiled = compile_schedule(session, timer.config);
    TRY(const auto withdrawn, withdraw_ranges(session, back, back.cursor, compiled ? &*compiled : nullptr));
    CHECK(uncount(session, timer.id, withdrawn));
    if (compiled && !ending_note(back, *compiled)) CHECK(session.execute(kForgetNote, timer.id));
    CHECK(session.insert(kInsertPullback, TimerSkip{timer.id, cursor, timer.cursor, 0, std::string(reason), now}));
    return true;
}

} // namespace attune::flow
