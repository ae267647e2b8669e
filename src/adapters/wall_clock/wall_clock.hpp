#pragma once
#include "runtime/clock.hpp"

#include <memory>

namespace attune {

/// The system's clock for the coroutines of one loop, over one timerfd: absolute, so that suspend is seen, and
/// cancelled when the clock is stepped, upon which every sleeper looks again. Nobody sleeping: no wake-ups.
std::unique_ptr<Clock> make_wall_clock(asio::any_io_executor loop);

} // namespace attune
