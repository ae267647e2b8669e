#pragma once
#include "sim/simulation.hpp"

namespace attune::test {

// Each fails the running test where its promise does not hold.

/// No firing is recorded twice, every event is decided, and each rule met each event at most once.
void expect_events_decided_once(Simulation& life);
/// An enforcement led to at most one execution, not counting retries; every retry has a number of its own.
void expect_executions_once(Simulation& life);
/// Everything has ended, and what somebody cancelled in time ended `cancelled`.
void expect_all_over(Simulation& life);
/// The counts of executions by state are those of the rows.
void expect_counted(Simulation& life);
/// No execution was given to a process twice, and no worker went beyond its slots.
void expect_processes_once(Simulation& life);
/// Armed timers have decided every nominal time up to now.
void expect_timers_caught_up(Simulation& life);
/// Every nominal time of the interval timer that stayed enabled has its event, or is in a recorded range.
void expect_grid_covered(Simulation& life);

} // namespace attune::test
