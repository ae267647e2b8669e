#pragma once
#include "base/timestamp.hpp"
#include "runtime/signal.hpp"

#include <functional>
#include <map>
#include <optional>

namespace attune {

/// The sleepers of one loop, by due time; those due at the same time wake in the order they came. Both clocks are made
/// of it: one decides when to call wake_due() by a timerfd, the other by a test's hand.
class SleepQueue {
public:
    /// See Clock::wait_until. `on_earlier` is called when this sleeper is due before all others.
    task<bool> wait(Timestamp due, Signal* interrupt, std::function<void()> on_earlier);

    std::optional<Timestamp> next_due() const;

    /// Wakes the first sleeper that is due at `now`; false when there is none.
    bool wake_one(Timestamp now);
    void wake_due(Timestamp now);

    /// Wakes all: the clock was stepped.
    void wake_all();

    std::size_t size() const { return sleepers_.size(); }

private:
    struct Sleeper;
    std::multimap<Timestamp, Sleeper*> sleepers_;
    bool wake_first();
};

} // namespace attune
