#pragma once
#include "runtime/task.hpp"

#include <memory>

namespace attune {

/// A level-triggered wake-up for one waiting coroutine: set() before wait() is not lost, many set() are one. Bound to
/// one loop: every member is called on it (set() from elsewhere goes through post_set()).
class Signal {
public:
    explicit Signal(asio::any_io_executor loop);
    ~Signal();
    Signal(const Signal&) = delete;
    Signal& operator=(const Signal&) = delete;

    void set();

    /// Thread-safe: sets the signal on its loop. Calls made before the loop ran the first are merged. The signal may be
    /// destroyed meanwhile.
    void post_set();

    /// Whether it was set; clears it.
    bool take();

    /// Until set, then clears it. With cancellation of the awaiting coroutine: operation_aborted.
    task<void> wait();

    asio::any_io_executor loop() const;

private:
    friend class SleepQueue;
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace attune
