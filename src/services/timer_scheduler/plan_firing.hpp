#pragma once
#include "domain/trigger.hpp"
#include "flow/timers.hpp"
#include "logic/schedule/schedule.hpp"

namespace attune::services {

/// What is due of one timer at `now`, ready to be recorded; the events have no ids yet. What was undecided when a pause
/// ended is decided first, by `on_resume`. Nothing is due when its cursor is that of the timer.
flow::Firing plan_firing(const Timer& timer, const logic::schedule::Schedule& schedule, Timestamp now);

} // namespace attune::services
