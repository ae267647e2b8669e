#pragma once
#include "base/timestamp.hpp"
#include "runtime/signal.hpp"
#include "runtime/task.hpp"

namespace attune {

/// Where time comes from: nothing else in the program asks for it. now() and monotonic() are thread-safe; waiting is
/// for coroutines of the loop that the clock was made for.
class Clock {
public:
    virtual ~Clock() = default;

    /// UTC. May step backwards and forwards with the system's clock.
    virtual Timestamp now() const = 0;

    /// Elapsed time since some fixed instant. Never steps.
    virtual Duration monotonic() const = 0;

    /// Until now() >= due. True when the time came; false when `interrupt` was set first (it is cleared) or when the
    /// system's clock was stepped: look at the clock again. At once when due has passed.
    virtual task<bool> wait_until(Timestamp due, Signal* interrupt) = 0;

    /// For that much elapsed time, however the system's clock is stepped meanwhile.
    task<void> sleep_for(Duration duration);
};

} // namespace attune
