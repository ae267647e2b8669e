#include "adapters/wall_clock/wall_clock.hpp"

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

} // namespace
} // namespace attune
