#pragma once
#include "domain/trigger.hpp"
#include "sim/timer_life.hpp"

namespace attune::test {

/// Fails the running test where a nominal time of a timer has no decision, or two: it fired, or it is in one recorded
/// range. Then also: nothing fired early or twice, or at a time that no schedule named; ranges count what is in them.
void expect_one_decision_each(TimerLife& life, const Timer& timer);

} // namespace attune::test
