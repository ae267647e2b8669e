// What a bus on RabbitMQ does beyond the contract of all buses.
#include "contract/bus/amqp_reader.hpp"
#include "contract/bus/rabbit_broker.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <numeric>

namespace attune::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using Ids = std::vector<std::int64_t>;
using Steady = std::chrono::steady_clock;

Announcement announcement(std::int64_t number) {
    return {"attune.events", "rule.created", "RuleCreated", {{"rule_id", number}}, Timestamp{1h}};
}

class RabbitBusTest : public testing::Test {
protected:
    void SetUp() override {
        if (const auto missing = RabbitBroker::missing(); !missing.empty()) GTEST_SKIP() << missing;
    }
    asio::io_context loop;
    Signal signal{loop.get_executor()};
};

TEST_F(RabbitBusTest, TellsWhoCannotLogInAndNotThePassword) {
    auto url = RabbitBroker::url();
    const auto password = RabbitBroker::address().password;
    url.replace(url.find(password), password.size(), "hunter2");
    const auto bus = RabbitBroker::bus(url);

    eventually([&] { return bus->trouble()->find("cannot log in") != std::string::npos; });

    EXPECT_FALSE(bus->is_up());
    EXPECT_THAT(*bus->trouble(), HasSubstr("ACCESS_REFUSED"));
    EXPECT_THAT(*bus->trouble(), Not(HasSubstr("hunter2")));
}

TEST_F(RabbitBusTest, TellsWhichVhostIsMissing) {
    auto url = RabbitBroker::url();
    const auto bus = RabbitBroker::bus(url.replace(url.rfind('/'), std::string::npos, "/nowhere"));

    eventually([&] { return bus->trouble()->find("nowhere") != std::string::npos; });
}

TEST_F(RabbitBusTest, IgnoresAndCountsWhatIsNoRing) {
    const auto bus = RabbitBroker::bus();
    const auto other = RabbitBroker::bus();
    const auto events = bus->subscribe(Topic::events, signal);
    await_passage(*other, Topic::events, *events);
    AmqpReader outsider("attune.events", "#");

    const std::string garbage[] = {"",
                                   "{",
                                   "null",
                                   R"({"ids":"x"})",
                                   std::string(100'000, '['),
                                   std::string(70'000, 'x'),
                                   std::string("\0\xff", 2)};
    for (const auto& body : garbage) outsider.publish("attune.doorbells", "events", body);
    eventually([&] { return bus->counts().garbage == std::size(garbage); });

    other->ring(Topic::events, Ids{5});
    eventually([&] { return ids_of(events->take()) == Ids{5}; });
    EXPECT_EQ(bus->counts().connections, 1U);
}

TEST_F(RabbitBusTest, StaysBoundedInAStormAndHearsTheLastRing) {
    const auto bus = RabbitBroker::bus();
    const auto other = RabbitBroker::bus();
    const auto events = bus->subscribe(Topic::events, signal);
    await_passage(*other, Topic::events, *events);
    constexpr std::int64_t kRings = 500'000;

    const auto began = Steady::now();
    for (std::int64_t i = 1; i <= kRings; ++i) other->ring(Topic::events, Ids{i});
    const auto took = Steady::now() - began;

    bool missed = false;
    std::size_t most = 0;
    eventually([&] {
        const auto rung = events->take();
        missed |= rung.missed;
        most = std::max(most, rung.ids.size());
        return !rung.ids.empty() && rung.ids.back() == kRings;
    });
    EXPECT_LE(most, 4096U);
    EXPECT_LT(took, 10s) << "ringing does not wait for the broker";
    EXPECT_TRUE(missed || other->counts().dropped_ids == 0);
    EXPECT_TRUE(other->is_up());
}

TEST_F(RabbitBusTest, AnnouncesInOrderWithinTheEnvelope) {
    const auto bus = RabbitBroker::bus();
    eventually([&] { return bus->is_up(); });
    AmqpReader sensor("attune.events", "rule.created");

    for (std::int64_t i = 0; i < 200; ++i) bus->announce(announcement(i));

    for (std::int64_t i = 0; i < 200; ++i) {
        const auto message = sensor.read(20s);
        ASSERT_TRUE(message) << i;
        EXPECT_EQ(message->routing_key, "rule.created");
        EXPECT_EQ(message->content_type, "application/json");
        EXPECT_EQ(message->delivery_mode, 2);
        const auto body = parse_json(message->body);
        ASSERT_TRUE(body);
        EXPECT_EQ(body->at("message_type"), "RuleCreated");
        EXPECT_EQ(body->at("payload").at("rule_id"), i);
    }
}

TEST_F(RabbitBusTest, SendsWhatWaitsBeforeItsEnd) {
    AmqpReader* none = nullptr;
    std::unique_ptr<AmqpReader> sensor;
    {
        const auto bus = RabbitBroker::bus();
        eventually([&] { return bus->is_up(); });
        sensor = std::make_unique<AmqpReader>("attune.events", "rule.created");
        for (std::int64_t i = 0; i < 100; ++i) bus->announce(announcement(i));
    }
    ASSERT_NE(sensor.get(), none);
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(sensor->read(20s)) << i;
}

class RabbitTls : public RabbitBusTest {};

TEST_F(RabbitTls, ConnectsToABrokerWhoseCaIsGiven) {
    const auto bus = RabbitBroker::bus(RabbitBroker::tls_url());
    const auto other = RabbitBroker::bus();
    const auto events = bus->subscribe(Topic::events, signal);

    await_passage(*other, Topic::events, *events);
    const auto back = other->subscribe(Topic::timers, signal);
    await_passage(*bus, Topic::timers, *back);

    // More than fits into one record of TLS.
    Ids many(4000);
    std::iota(many.begin(), many.end(), 1'000'000'000);
    other->ring(Topic::events, many);
    Ids got;
    eventually([&] {
        for (const auto id : ids_of(events->take())) got.push_back(id);
        return got.size() == many.size();
    });
    EXPECT_EQ(got, many);
}

TEST_F(RabbitTls, RefusesABrokerOfAnotherCa) {
    auto url = RabbitBroker::tls_url();
    const auto bus = RabbitBroker::bus(url.substr(0, url.find('?')));

    eventually([&] { return bus->trouble()->find("cannot connect") != std::string::npos; });
    EXPECT_THAT(*bus->trouble(), HasSubstr("cert verification"));
}

TEST_F(RabbitTls, RefusesABrokerOfAnotherName) {
    auto url = RabbitBroker::tls_url();
    const auto bus = RabbitBroker::bus(url.replace(url.find("localhost"), 9, "127.0.0.1"));

    eventually([&] { return bus->trouble()->find("cannot connect") != std::string::npos; });
    EXPECT_THAT(*bus->trouble(), HasSubstr("host"));
}

TEST_F(RabbitTls, ChecksNothingWhenAskedToCheckNothing) {
    auto url = RabbitBroker::tls_url();
    const auto bus = RabbitBroker::bus(url.substr(0, url.find('?')) + "?verify=verify_none");

    eventually([&] { return bus->is_up(); });
}

/// The address with the certificate of that client, which the broker checks when there is one.
std::string url_as(const std::string& client) {
    const auto url = RabbitBroker::tls_url();
    const auto from = url.find("cacertfile=") + 11;
    const auto folder = url.substr(from, url.rfind('/') - from);
    return fmt::format("{0}&certfile={1}/{2}.pem&keyfile={1}/{2}.key", url, folder, client);
}

TEST_F(RabbitTls, ShowsItsOwnCertificateToABrokerThatAsks) {
    const auto known = RabbitBroker::bus(url_as("client"));
    eventually([&] { return known->is_up(); });

    const auto stranger = RabbitBroker::bus(url_as("stranger"));
    // With TLS 1.3 the broker's refusal comes after the handshake.
    eventually([&] { return stranger->trouble().value_or("").find("SSL error") != std::string::npos; });
}

TEST_F(RabbitTls, NamesTheFileThatCannotBeUsed) {
    auto url = RabbitBroker::tls_url();
    const auto bus = RabbitBroker::bus(url.substr(0, url.find('?')) + "?cacertfile=/nowhere/ca.pem");

    eventually([&] { return bus->trouble()->find("/nowhere/ca.pem") != std::string::npos; });
}

} // namespace
} // namespace attune::test
