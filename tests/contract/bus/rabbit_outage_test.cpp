// A broker that goes away, falls silent, or talks nonsense: seen through a proxy, which does all of it at once and as
// often as a test likes. tests/e2e/test_message_queue.py does the same to a real broker.
#include "contract/bus/amqp_reader.hpp"
#include "contract/bus/rabbit_broker.hpp"
#include "contract/bus/tcp_proxy.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <random>

namespace attune::test {
namespace {

using testing::HasSubstr;
using Ids = std::vector<std::int64_t>;
using Steady = std::chrono::steady_clock;

class RabbitOutage : public testing::Test {
protected:
    void SetUp() override {
        if (const auto missing = RabbitBroker::missing(); !missing.empty()) GTEST_SKIP() << missing;
        proxy.emplace(RabbitBroker::address().port);
        bus = RabbitBroker::bus(RabbitBroker::url_with(proxy->port(), "?heartbeat=1&connection_timeout=1000"));
        other = RabbitBroker::bus();
        events = bus->subscribe(Topic::events, signal);
        await_passage(*other, Topic::events, *events);
        eventually([&] { return bus->is_up(); });
    }
    /// Rings of its own process still come, and nothing else.
    void expect_local_rings() {
        (void)events->take();
        bus->ring(Topic::events, Ids{11});
        EXPECT_THAT(ids_of(events->take()), Ids{11});
    }
    /// Both directions.
    void expect_passage() {
        await_passage(*other, Topic::events, *events);
        const auto back = other->subscribe(Topic::requested, signal);
        await_passage(*bus, Topic::requested, *back);
        EXPECT_TRUE(bus->is_up());
    }
    void expect_missed() {
        eventually([&] { return events->take().missed; });
    }

    asio::io_context loop;
    Signal signal{loop.get_executor()};
    std::optional<TcpProxy> proxy;
    std::unique_ptr<rabbit::RabbitBus> bus;
    std::unique_ptr<rabbit::RabbitBus> other;
    std::unique_ptr<Subscription> events;
};

TEST_F(RabbitOutage, ComesBackAfterALostConnectionAndTellsItsSubscribersTwice) {
    (void)events->take();
    proxy->refuse(true);
    proxy->cut();
    eventually([&] { return !bus->is_up(); });
    expect_missed();
    expect_local_rings();

    proxy->refuse(false);

    eventually([&] { return bus->is_up(); });
    expect_missed();
    expect_passage();
    EXPECT_EQ(bus->counts().connections, 2U);
}

TEST_F(RabbitOutage, TellsTheOthersAfterwardsThatItRang) {
    const auto requested = other->subscribe(Topic::requested, signal);
    await_passage(*bus, Topic::requested, *requested);
    proxy->refuse(true);
    proxy->cut();
    eventually([&] { return !bus->is_up(); });
    (void)requested->take();

    bus->ring(Topic::requested, Ids{5});
    proxy->refuse(false);

    eventually([&] { return ids_of(requested->take()) == Ids{5}; });
}

TEST_F(RabbitOutage, KeepsAnnouncementsForTheBrokersReturn) {
    AmqpReader sensor("attune.events", "rule.deleted");
    proxy->refuse(true);
    proxy->cut();
    eventually([&] { return !bus->is_up(); });

    for (std::int64_t i = 0; i < 50; ++i) {
        bus->announce({"attune.events", "rule.deleted", "RuleDeleted", {{"rule_id", i}}, Timestamp{}});
    }
    proxy->refuse(false);

    for (std::int64_t i = 0; i < 50; ++i) {
        const auto message = sensor.read(20s);
        ASSERT_TRUE(message) << i;
        EXPECT_EQ(parse_json(message->body)->at("payload").at("rule_id"), i);
    }
}

TEST_F(RabbitOutage, CountsASilentBrokerAsAwayAndGivesItUp) {
    proxy->freeze(true);
    const auto began = Steady::now();
    bus->ring(Topic::events, Ids{1});
    eventually([&] { return !bus->is_up(); });
    EXPECT_LT(Steady::now() - began, 8s);
    expect_local_rings();
    eventually([&] { return bus->trouble()->find("127.0.0.1") != std::string::npos; });

    proxy->freeze(false);
    proxy->cut();

    eventually([&] { return bus->is_up(); });
    expect_passage();
}

TEST_F(RabbitOutage, RingsWithoutWaitingForASilentBroker) {
    proxy->freeze(true);
    const auto began = Steady::now();
    for (std::int64_t i = 0; i < 20'000; ++i) bus->ring(Topic::events, Ids{i});
    for (int i = 0; i < 5'000; ++i) bus->announce({"attune.events", "x", "X", {{"x", std::string(1000, 'x')}}, {}});

    EXPECT_LT(Steady::now() - began, 10s);
    EXPECT_GT(bus->counts().dropped_ids, 0U);
    EXPECT_GT(bus->counts().dropped_announcements, 0U);
}

TEST_F(RabbitOutage, EndsInTimeWhateverTheBrokerDoes) {
    proxy->freeze(true);
    for (std::int64_t i = 0; i < 1000; ++i) bus->announce({"attune.events", "x", "X", {{"number", i}}, {}});
    const auto began = Steady::now();
    bus.reset();
    EXPECT_LT(Steady::now() - began, 6s);

    const auto connecting = RabbitBroker::bus(RabbitBroker::url_with(proxy->port(), "?connection_timeout=60000"));
    std::this_thread::sleep_for(100ms); // it waits for the broker's greeting now
    const auto again = Steady::now();
    RabbitBroker::bus(RabbitBroker::url_with(proxy->port(), "?connection_timeout=60000")).reset();
    EXPECT_LT(Steady::now() - again, 6s);
}

TEST_F(RabbitOutage, SurvivesNonsense) {
    // A method that is none, the beginning of a frame that is too long, a body that belongs to nothing, another
    // protocol, noise.
    std::mt19937 random(20260101);
    std::string noise(1000, '\0');
    for (char& c : noise) c = static_cast<char>(random());
    const std::string nonsense[] = {
        std::string("\x01\0\1\0\0\0\4\0\x63\0\x63\xce", 12), std::string("\x01\0\1\x7f\xff\xff\xff", 7),
        std::string("\x03\0\1\0\0\0\3abc\xce", 11), "HTTP/1.1 400 Bad Request\r\n\r\n", noise};
    for (const auto& bytes : nonsense) {
        SCOPED_TRACE(testing::PrintToString(bytes));
        const auto before = bus->counts().connections;
        proxy->inject(bytes);
        eventually([&] { return bus->counts().connections > before; });
        eventually([&] { return bus->is_up(); });
    }
    expect_passage();
}

TEST(RabbitNobody, IsTroubleAndNotAnError) {
    asio::io_context loop;
    Signal signal(loop.get_executor());
    SystemRandom random;
    auto bus = *rabbit::make_rabbit_bus({.url = "amqp://me:hunter2@127.0.0.1:1/"}, random);
    const auto events = bus->subscribe(Topic::events, signal);
    bus->ring(Topic::events, Ids{1});
    EXPECT_EQ(events->take().ids, Ids{1});

    eventually([&] { return bus->trouble()->find("cannot connect (127.0.0.1:1)") != std::string::npos; });

    EXPECT_FALSE(bus->is_up());
    const auto began = Steady::now();
    bus.reset();
    EXPECT_LT(Steady::now() - began, 2s);
}

} // namespace
} // namespace attune::test
