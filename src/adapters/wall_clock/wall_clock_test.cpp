#include "adapters/wall_clock/wall_clock.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace attune {
namespace {

TEST(WallClock, WakesSleepersInTheOrderOfTheirTimesAndNeverEarly) {
    asio::io_context loop;
    const auto clock = make_wall_clock(loop.get_executor());
    std::vector<int> order;
    const auto start = clock->now();
    const auto sleeper = [&](int id, Duration length) -> task<void> {
        co_await clock->sleep_for(length);
        EXPECT_GE(clock->now() - start, length);
        order.push_back(id);
    };
    asio::co_spawn(loop, sleeper(2, 20ms), asio::detached);
    asio::co_spawn(loop, sleeper(1, 5ms), asio::detached);
    loop.run();

    EXPECT_EQ(order, (std::vector{1, 2}));
}

TEST(WallClock, IsInterruptedByASignalThatAnotherThreadSets) {
    asio::io_context loop;
    const auto clock = make_wall_clock(loop.get_executor());
    Signal signal(loop.get_executor());
    bool came = true;
    const auto sleeper = [&]() -> task<void> { came = co_await clock->wait_until(clock->now() + 1h, &signal); };
    asio::co_spawn(loop, sleeper(), asio::detached);
    signal.post_set();
    loop.run();

    EXPECT_FALSE(came);
}

TEST(WallClock, LetsTheLoopEndWhenItsLastSleeperIsCancelled) {
    asio::io_context loop;
    const auto clock = make_wall_clock(loop.get_executor());
    asio::cancellation_signal cancel;
    bool was_cancelled = false;
    const auto sleeper = [&]() -> task<void> { co_await clock->sleep_for(1h); };
    asio::co_spawn(loop, sleeper(), asio::bind_cancellation_slot(cancel.slot(), [&](const std::exception_ptr& failure) {
                       was_cancelled = failure != nullptr;
                   }));
    loop.poll();
    cancel.emit(asio::cancellation_type::terminal);

    loop.run_for(2s);

    EXPECT_TRUE(was_cancelled);
    EXPECT_TRUE(loop.stopped());
}

TEST(WallClock, WakesTheNextSleeperAfterTheFirstWasInterrupted) {
    asio::io_context loop;
    const auto clock = make_wall_clock(loop.get_executor());
    Signal signal(loop.get_executor());
    int woken = 0;
    const auto interrupted = [&]() -> task<void> {
        EXPECT_FALSE(co_await clock->wait_until(clock->now() + 10ms, &signal));
        ++woken;
        co_await clock->sleep_for(20ms);
        ++woken;
    };
    const auto other = [&]() -> task<void> {
        co_await clock->sleep_for(30ms);
        ++woken;
    };
    asio::co_spawn(loop, interrupted(), asio::detached);
    asio::co_spawn(loop, other(), asio::detached);
    signal.post_set();

    loop.run_for(5s);

    EXPECT_EQ(woken, 3);
    EXPECT_TRUE(loop.stopped());
}

TEST(WallClock, ReturnsAtOnceWhenTheTimeHasPassed) {
    asio::io_context loop;
    const auto clock = make_wall_clock(loop.get_executor());
    int came = 0;
    const auto sleeper = [&]() -> task<void> {
        for (const auto due : {Timestamp::min(), Timestamp{}, clock->now()}) {
            if (co_await clock->wait_until(due, nullptr)) ++came;
        }
    };
    asio::co_spawn(loop, sleeper(), asio::detached);

    loop.run_for(2s);

    EXPECT_EQ(came, 3);
}

TEST(WallClock, SleepsThroughATimeBeyondWhatTheKernelCounts) {
    asio::io_context loop;
    const auto clock = make_wall_clock(loop.get_executor());
    Signal signal(loop.get_executor());
    bool came = true;
    const auto sleeper = [&]() -> task<void> { came = co_await clock->wait_until(Timestamp::max(), &signal); };
    asio::co_spawn(loop, sleeper(), asio::detached);
    loop.run_for(20ms);
    signal.post_set();

    loop.run_for(2s);

    EXPECT_FALSE(came);
}

TEST(WallClock, MayBeDestroyedBeforeItsLoopRunsAgain) {
    asio::io_context loop;
    auto clock = make_wall_clock(loop.get_executor());
    Signal signal(loop.get_executor());
    const auto sleeper = [&]() -> task<void> { co_await clock->wait_until(clock->now() + 1h, &signal); };
    asio::co_spawn(loop, sleeper(), asio::detached);
    loop.poll();
    signal.set();
    loop.poll_one(); // the sleeper ends, and what it cancelled is still on its way
    clock.reset();

    loop.run_for(2s);

    EXPECT_TRUE(loop.stopped());
}

} // namespace
} // namespace attune
