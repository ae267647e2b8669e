#pragma once
#include "domain/event.hpp"
#include "domain/rule.hpp"
#include "domain/trigger.hpp"
#include "flow/effects.hpp"
#include "flow/timer_ranges.hpp"

namespace attune::flow {

/// Arms, changes or disarms the timer that `rule` needs or needs no more, in the transaction of the change. To be
/// called after every change of a rule (with the row as it is now). Errors: `invalid` when its trigger_params are no
/// schedule.
Result<void> sync_rule_timer(Session& session, const Rule& rule, Timestamp now);

/// Removes the timer of a rule that is deleted.
Result<void> drop_rule_timer(Session& session, RuleId rule, Timestamp now);

/// The same for the timer of a trigger whose param_schema is a timer configuration: armed, and anchored, while the
/// trigger is enabled and an enabled rule uses it. To be called after every change of the trigger and of a rule on it.
Result<void> sync_trigger_timer(Session& session, std::string_view trigger_ref, Timestamp now);

/// Timers that changed after this definition generation, with those armed no more.
Result<std::vector<Timer>> timers_changed_since(Session& session, std::int64_t generation);
/// Timers that were removed after this generation.
Result<std::vector<TimerId>> timers_removed_since(Session& session, std::int64_t generation);
/// One page of armed timers, by id.
Result<std::vector<Timer>> armed_timers(Session& session, TimerId after, std::int64_t limit);
Result<std::optional<Timer>> find_timer(Session& session, TimerId id);
Result<std::int64_t> count_armed_timers(Session& session);

/// What a scheduler must hold, in three numbers that cost one look at an index.
struct ArmedSum {
    std::int64_t generation = 0;
    std::int64_t count = 0;
    std::int64_t revisions = 0; ///< their sum
};
Result<ArmedSum> armed_sum(Session& session);

/// Why a timer that is armed has no deadline, or that it has one again.
struct TimerTrouble {
    TimerId timer;
    std::int64_t revision = 0; ///< it is about: a timer that has changed since is left alone
    std::optional<std::string> text;
};
Result<void> note_troubles(Session& session, std::span<const TimerTrouble> troubles, Timestamp now);

/// Armed timers that have no deadline, for people.
struct UnarmedTimer {
    TimerId id;
    std::string ref; ///< of its rule or trigger
    std::string reason;
};
ATTUNE_STRUCT(UnarmedTimer);
struct UnarmedTimers {
    std::int64_t count = 0;
    std::vector<UnarmedTimer> first; ///< at most `limit`
};
Result<UnarmedTimers> unarmed_timers(Session& session, std::int64_t limit);

/// What was decided for one timer: the events of its firings, and what was passed over.
struct Firing {
    TimerId timer;
    Timestamp known;                ///< the cursor as it was read: a timer that has moved since fires nothing
    std::int64_t revision = 0;      ///< as it was read: a timer that has changed since fires nothing
    Timestamp cursor;               ///< the last nominal time that this decides
    std::vector<Event> events;      ///< with `timer` and `nominal` set; empty when all were passed over
    std::vector<Timestamp> in_time; ///< when those were to fire that are no misfires
    std::vector<TimerSkip> skips;
    std::int64_t late = 0;
    PassedOver passed;               ///< the counts of `skips`
    std::optional<std::string> note; ///< why it will never fire again
};

/// Moves the cursors and records the events, each timer under compare-and-set. The indices of those that took effect as
/// they were planned; the others have changed, or had fired some of it before their cursor was pulled back, and are to
/// be read again.
Result<Changed<std::vector<std::size_t>>> fire_timers(Session& session, std::span<const Firing> firings, Timestamp now);

/// After the clock went back: moves a cursor that lies far ahead of it, records why, and withdraws the ranges recorded
/// after it, whose times are still to come. False when the timer has changed.
Result<bool> pull_back_timer(Session& session, const Timer& timer, Timestamp cursor, std::string_view reason,
                             Timestamp now);

} // namespace attune::flow
