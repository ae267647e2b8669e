// What every bus keeps to, whoever rings and listens.
#include "adapters/memory_bus/memory_bus.hpp"
#include "contract/bus/rabbit_broker.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <numeric>

namespace attune::test {
namespace {

using testing::IsEmpty;
using Ids = std::vector<std::int64_t>;

/// One process without a broker.
struct InMemory {
    std::unique_ptr<Bus> bus = make_memory_bus();
    static std::string missing() { return {}; }
    Bus& ringing() { return *bus; }
    Bus& listening() { return *bus; }
};

/// One process with a broker.
struct OnRabbit {
    std::unique_ptr<Bus> bus = RabbitBroker::bus();
    static std::string missing() { return RabbitBroker::missing(); }
    Bus& ringing() { return *bus; }
    Bus& listening() { return *bus; }
};

/// Two processes, in effect: only the broker is between them.
struct AcrossRabbit {
    std::unique_ptr<Bus> first = RabbitBroker::bus();
    std::unique_ptr<Bus> second = RabbitBroker::bus();
    static std::string missing() { return RabbitBroker::missing(); }
    Bus& ringing() { return *first; }
    Bus& listening() { return *second; }
};

template <class Buses>
class BusContract : public testing::Test {
protected:
    void SetUp() override {
        if (const auto missing = Buses::missing(); !missing.empty()) GTEST_SKIP() << missing;
        buses.emplace();
    }
    std::unique_ptr<Subscription> subscribe(Topic topic, Signal& wake) {
        auto out = buses->listening().subscribe(topic, wake);
        await_passage(buses->ringing(), topic, *out);
        return out;
    }
    void ring(Topic topic, Ids ids) { buses->ringing().ring(topic, ids); }
    /// Takes until these ids came, in this order.
    void expect(Subscription& subscription, const Ids& expected) {
        Ids got;
        eventually([&] {
            for (const auto id : ids_of(subscription.take())) got.push_back(id);
            return got.size() >= expected.size();
        });
        EXPECT_EQ(got, expected);
    }
    asio::io_context loop;
    Signal signal{loop.get_executor()};
    std::optional<Buses> buses;
};

using AllBuses = testing::Types<InMemory, OnRabbit, AcrossRabbit>;
TYPED_TEST_SUITE(BusContract, AllBuses);

TYPED_TEST(BusContract, HandsIdsOverInTheirOrder) {
    const auto events = this->subscribe(Topic::events, this->signal);

    this->ring(Topic::events, {1, 2});
    this->ring(Topic::events, {3});

    this->expect(*events, {1, 2, 3});
}

TYPED_TEST(BusContract, HandsIdsToEverySubscriberOfTheTopicAlone) {
    Signal others(this->loop.get_executor());
    const auto first = this->subscribe(Topic::executions, this->signal);
    const auto second = this->subscribe(Topic::executions, this->signal);
    const auto other = this->subscribe(Topic::requested, others);

    this->ring(Topic::executions, {7});

    this->expect(*first, {7});
    this->expect(*second, {7});
    EXPECT_THAT(ids_of(other->take()), IsEmpty());
}

TYPED_TEST(BusContract, WakesTheSignalOnItsLoop) {
    const auto timers = this->subscribe(Topic::timers, this->signal);
    eventually([&] { return this->loop.poll(), this->signal.take(); });

    this->ring(Topic::timers, {});

    eventually([&] {
        this->loop.restart();
        this->loop.poll();
        return this->signal.take();
    });
}

TYPED_TEST(BusContract, RingsWithoutIdsAndCarriesTheLargest) {
    const auto events = this->subscribe(Topic::events, this->signal);

    this->ring(Topic::events, {});
    this->ring(Topic::events, {9'007'199'254'740'991});

    this->expect(*events, {9'007'199'254'740'991});
}

TYPED_TEST(BusContract, DropsTheOldestOfTooManyAndSaysSo) {
    const auto events = this->subscribe(Topic::events, this->signal);
    Ids many(10'000);
    std::iota(many.begin(), many.end(), 1);

    this->ring(Topic::events, many);

    bool missed = false;
    Ids got;
    eventually([&] {
        const auto rung = events->take();
        missed |= rung.missed;
        got.insert(got.end(), rung.ids.begin(), rung.ids.end());
        return !got.empty() && got.back() == 10'000;
    });
    EXPECT_TRUE(missed);
    EXPECT_LT(got.size(), 10'000U);
}

TYPED_TEST(BusContract, LosesNoWakeUpBetweenThreads) {
    const auto events = this->subscribe(Topic::events, this->signal);
    constexpr int kThreads = 4;
    constexpr std::int64_t kRings = 500; // less in all than the bound
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([&, t] {
            for (std::int64_t i = 1; i <= kRings; ++i) this->ring(Topic::events, {t * kRings + i});
        });
    }
    Ids got;

    eventually([&] {
        for (const auto id : ids_of(events->take())) got.push_back(id);
        return got.size() >= kThreads * kRings;
    });

    for (auto& thread : threads) thread.join();
    std::ranges::sort(got);
    EXPECT_EQ(got.front(), 1);
    EXPECT_EQ(got.back(), kThreads * kRings);
    EXPECT_EQ(std::ranges::adjacent_find(got), got.end());
}

TYPED_TEST(BusContract, MayLoseSubscriptionsWhileOthersRing) {
    std::atomic<bool> over = false;
    std::thread ringing([&] {
        while (!over) {
            this->ring(Topic::events, {1});
            std::this_thread::yield();
        }
    });
    for (int i = 0; i < 50; ++i) {
        Signal own(this->loop.get_executor());
        const auto subscription = this->buses->listening().subscribe(Topic::events, own);
        eventually([&] { return !subscription->take().ids.empty(); });
        this->loop.poll();
    }
    over = true;
    ringing.join();
}

TYPED_TEST(BusContract, MayEndBeforeItsSubscriptions) {
    const auto events = this->subscribe(Topic::events, this->signal);
    this->ring(Topic::events, {1});
    this->expect(*events, {1});

    this->buses.reset();

    EXPECT_THAT(ids_of(events->take()), IsEmpty());
}

TYPED_TEST(BusContract, IsUpAndHasNoTroubleWhenAllIsWell) {
    eventually([&] { return this->buses->ringing().is_up() && this->buses->listening().is_up(); });
    EXPECT_EQ(this->buses->ringing().trouble(), std::nullopt);
}

} // namespace
} // namespace attune::test
