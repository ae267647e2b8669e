#pragma once
#include "runtime/clock.hpp"
#include "runtime/sleep_queue.hpp"

#include <boost/asio/io_context.hpp>

namespace attune::test {

/// Time that moves by hand: sleepers are woken one by one, in (due, FIFO) order, and everything they set off runs to
/// its end before the next.
class FakeClock final : public Clock {
public:
    explicit FakeClock(asio::io_context& loop, Timestamp start) : loop_(loop), now_(start) {}

    Timestamp now() const override { return now_; }
    Duration monotonic() const override { return monotonic_; }
    task<bool> wait_until(Timestamp due, Signal* interrupt) override;

    /// Runs what is ready until nothing is; time stands still.
    void run_until_idle();
    void advance(Duration d);
    void advance_to(Timestamp to) { advance(to - now_); }
    /// The wall clock jumps; elapsed time does not.
    void step(Duration by);
    /// The same, and nothing runs yet: for a test that stops things in their middle, a handler at a time.
    void jump(Duration by);
    /// Sleepers due at the same instant are woken together: they race.
    bool together = false;
    std::size_t sleepers() const { return sleepers_.size(); }

private:
    asio::io_context& loop_;
    Timestamp now_;
    Duration monotonic_{0};
    SleepQueue sleepers_;
};

} // namespace attune::test
