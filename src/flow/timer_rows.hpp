#pragma once
// What the functions over timers share.
#include "domain/trigger.hpp"
#include "logic/schedule/decide.hpp"
#include "storage/session.hpp"

namespace attune::flow {

/// What `logic/schedule` decides from. Its cursor is the last nominal time that needs no decision: decided, skipped in
/// advance by a person, or forgotten by retention.
logic::schedule::TimerState state_of(const Timer& timer);

/// "core.hourly": the rule's ref, or that of the trigger.
const std::string& name_of(const Timer& timer);

/// Reads a timer. Errors: `not_found`.
Result<Timer> get_timer(Session& session, TimerId id);
/// Reads a timer and locks its row. Errors: `not_found`.
Result<Timer> lock_timer(Session& session, TimerId id);

/// Writes a timer that has changed otherwise than by firing, under a new generation, so that schedulers read it. Makes
/// it when it has no id.
Result<void> save_timer(Session& session, Timer& timer, Timestamp now);

/// Retention has deleted what says how nominal times up to `through` were decided: they stay so.
Result<void> forget_times(Session& session, TimerId timer, Timestamp through);

/// Why the timer has no time left, for people; nothing when it has.
std::optional<std::string> ending_note(const Timer& timer, const logic::schedule::Schedule& compiled);

} // namespace attune::flow
