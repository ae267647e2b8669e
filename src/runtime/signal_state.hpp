#pragma once
// Private to runtime: what a Signal and the clocks' SleepQueue share.
#include "runtime/signal.hpp"

#include <atomic>
#include <boost/asio/steady_timer.hpp>

namespace attune {

struct Signal::State {
    explicit State(asio::any_io_executor executor)
        : loop(std::move(executor)), parked(loop, asio::steady_timer::time_point::max()) {}
    asio::any_io_executor loop;
    asio::steady_timer parked; ///< waits for ever; cancel() wakes the one waiter
    bool set = false;
    std::atomic<bool> posted = false;
};

} // namespace attune
