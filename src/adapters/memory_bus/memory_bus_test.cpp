#include "adapters/memory_bus/memory_bus.hpp"

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <thread>

namespace attune {
namespace {

TEST(MemoryBus, HandsIdsToEverySubscriberOfTheTopicAlone) {
    asio::io_context loop;
    const auto bus = make_memory_bus();
    Signal first(loop.get_executor());
    Signal second(loop.get_executor());
    const auto events = bus->subscribe(Topic::events, first);
    const auto timers = bus->subscribe(Topic::timers, second);

    bus->ring(Topic::events, std::array<std::int64_t, 2>{1, 2});
    bus->ring(Topic::events, std::array<std::int64_t, 1>{3});
    loop.run();

    EXPECT_TRUE(first.take());
    EXPECT_EQ(events->take().ids, (std::vector<std::int64_t>{1, 2, 3}));
    EXPECT_FALSE(second.take());
}

TEST(MemoryBus, DropsTheOldestBeyondItsBoundAndSaysSo) {
    asio::io_context loop;
    const auto bus = make_memory_bus(2);
    Signal signal(loop.get_executor());
    const auto subscription = bus->subscribe(Topic::events, signal);

    bus->ring(Topic::events, std::array<std::int64_t, 3>{1, 2, 3});
    const auto rung = subscription->take();

    EXPECT_TRUE(rung.missed);
    EXPECT_EQ(rung.ids, (std::vector<std::int64_t>{2, 3}));
    loop.run();
}

TEST(MemoryBus, LosesNoWakeUpBetweenThreads) {
    constexpr int kRings = 20'000;
    asio::io_context loop;
    const auto bus = make_memory_bus(kRings);
    Signal signal(loop.get_executor());
    const auto subscription = bus->subscribe(Topic::events, signal);
    std::size_t got = 0;
    const auto consumer = [&]() -> task<void> {
        while (got < kRings) {
            co_await signal.wait();
            got += subscription->take().ids.size();
        }
    };
    asio::co_spawn(loop, consumer(), asio::detached);
    std::thread producer([&] {
        for (std::int64_t i = 0; i < kRings; ++i) bus->ring(Topic::events, std::array{i});
    });
    loop.run();
    producer.join();

    EXPECT_EQ(got, kRings);
}

TEST(MemoryBus, MayLoseSubscriptionsWhileOthersRing) {
    asio::io_context loop;
    auto bus = make_memory_bus();
    std::atomic<bool> over = false;
    std::vector<std::thread> ringing;
    for (int i = 0; i < 2; ++i) {
        ringing.emplace_back([&] {
            while (!over) bus->ring(Topic::events, std::array<std::int64_t, 1>{1});
        });
    }

    std::size_t got = 0;
    for (int i = 0; i < 300; ++i) {
        Signal signal(loop.get_executor());
        const auto subscription = bus->subscribe(Topic::events, signal);
        while (subscription->take().ids.empty()) std::this_thread::yield();
        ++got;
        loop.poll();
    }
    over = true;
    for (auto& thread : ringing) thread.join();

    EXPECT_EQ(got, 300U);
}

TEST(MemoryBus, MayEndBeforeItsSubscriptions) {
    asio::io_context loop;
    auto bus = make_memory_bus();
    Signal signal(loop.get_executor());
    const auto subscription = bus->subscribe(Topic::events, signal);
    bus->ring(Topic::events, std::array<std::int64_t, 1>{1});

    bus.reset();

    EXPECT_EQ(subscription->take().ids, std::vector<std::int64_t>{1});
}

} // namespace
} // namespace attune
