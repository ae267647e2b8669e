#pragma once
#include "domain/event.hpp"
#include "domain/trigger.hpp"
#include "flow/effects.hpp"
#include "storage/session.hpp"

namespace attune::flow {

/// What people tell one timer to do. Each locks the row, so that a firing comes before or after it as a whole.
///
/// All of them: errors are `not_found`, and those that are named.

/// Stops a timer until somebody resumes it, or until `until`. Editing, disabling and enabling its rule do not end the
/// pause. Pausing a paused timer replaces note and end. Errors: `invalid` when `until` is not after `now`.
Result<Changed<Timer>> pause_timer(Session& session, TimerId id, const std::optional<std::string>& note,
                                   std::optional<Timestamp> until, Timestamp now);

/// Ends a pause; what its `on_resume` says about the nominal times in it is decided by the scheduler. A timer that is
/// not paused is left as it is.
Result<Changed<Timer>> resume_timer(Session& session, TimerId id, Timestamp now);

/// When the first pause ends by itself; nothing when none does.
Result<std::optional<Timestamp>> next_resume(Session& session);
/// Ends the pauses whose time has come, at most `limit`; how many.
Result<std::int64_t> resume_due_timers(Session& session, std::int64_t limit, Timestamp now);

/// Records an event at once, also while the timer is paused. Neither cursor nor sequence moves. Errors: `conflict` when
/// its rule or trigger is disabled.
Result<Changed<Event>> fire_timer_now(Session& session, TimerId id, EventId event, std::string_view by, Timestamp now);

struct SkippedNext {
    Timer timer;
    Timestamp nominal;
    Effects effects;
};
/// Passes over the next undecided nominal time, and records who wanted it. Errors: `conflict` when the timer is not
/// armed, or has no next time.
Result<SkippedNext> skip_next_fire(Session& session, TimerId id, std::string_view by, Timestamp now);

} // namespace attune::flow
