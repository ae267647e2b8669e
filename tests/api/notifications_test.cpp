// Notifications from rows to the frames of a client, on a fake clock.
#include "api/fakes.hpp"
#include "api/notifications/notification_api.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::api {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Notifications : public testing::Test {
protected:
    ~Notifications() override {
        client.reset();
        asio::post(world.loop, [&] { group.request_stop(); });
        world.clock.run_until_idle();
    }

    void connect(std::vector<std::string> filters, Duration lifetime = 1h) {
        NotificationClient::Identity who;
        who.name = "client_1";
        who.caller.identity = {1};
        for (const auto resource : {Resource::events, Resource::enforcements, Resource::executions}) {
            who.caller.grants.push_back({resource, {Right::read}, {}});
        }
        who.expires = world.clock.now() + lifetime;
        who.look_again = [this, caller = who.caller] { return look(caller); };
        client = std::make_shared<NotificationClient>(options, world.clock, world.loop.get_executor(),
                                                      NotifierMeasures(metrics), std::move(who));
        bool joined = false;
        group.spawn_once("join",
                         [](NotificationHub& to, std::shared_ptr<NotificationClient> one, bool& done) -> task<void> {
                             done = (co_await to.join(std::move(one))).has_value();
                         }(hub, client, joined));
        group.spawn_once("read", [](Notifications& test, std::shared_ptr<NotificationClient> one) -> task<void> {
            for (;;) {
                auto out = co_await one->next();
                if (out.close) {
                    test.closed = out;
                    co_return;
                }
                test.frames.push_back(*parse_json(out.text));
            }
        }(*this, client));
        world.clock.run_until_idle();
        EXPECT_TRUE(joined);
        for (const auto& one : filters) {
            client->receive(to_text(json::object{{"type", "subscribe"}, {"filter", json::string(one)}}), true);
        }
        frames.clear();
    }
    task<Result<Caller>> look(Caller caller) {
        ++looks;
        if (withdrawn) co_return *withdrawn;
        co_return caller;
    }
    std::vector<std::string> channels() const {
        std::vector<std::string> out;
        for (const auto& one : frames) out.emplace_back(one.at("notification_type").as_string());
        return out;
    }

    test::World world;
    Metrics metrics;
    ServiceGroup group{world.loop.get_executor(), world.clock};
    live::Feed feed{{world.clock, world.bus, world.db, world.loop.get_executor(), group}};
    NotificationHub hub{{world.clock, world.loop.get_executor(), feed, metrics}};
    NotificationOptions options;
    std::shared_ptr<NotificationClient> client;
    std::vector<json::value> frames;
    std::optional<WebSocketSession::Outgoing> closed;
    std::optional<Error> withdrawn;
    int looks = 0;
};

TEST_F(Notifications, TellWhatHappensFromNowOn) {
    world.execute("core.null");
    connect({"entity_type:execution"});
    const auto id = world.execute("core.null");
    world.bus.ring(Topic::executions, std::array{id.value});
    world.clock.run_until_idle();
    ASSERT_THAT(channels(), ElementsAre("execution_created"));
    EXPECT_EQ(frames[0].at("entity_id"), id.value);
    EXPECT_EQ(frames[0].at("payload").at("status"), "scheduled");
    world.bus.ring(Topic::executions, std::array{id.value});
    world.advance(20s);
    EXPECT_EQ(frames.size(), 1U) << "once, however often it rings";
}

TEST_F(Notifications, TellWhatNoDoorbellToldOfWithinSeconds) {
    connect({"all"});
    world.execute("core.null");
    world.advance(5s);
    EXPECT_THAT(channels(), ElementsAre("execution_created"));
}

TEST_F(Notifications, CloseAClientWhoseTokenHasExpiredAtTheNextLook) {
    connect({}, 31s);
    world.advance(59s);
    EXPECT_FALSE(closed);
    EXPECT_EQ(looks, 1);
    world.advance(1s);
    ASSERT_TRUE(closed);
    EXPECT_EQ(*closed->close, 4401);
    EXPECT_EQ(closed->text, "token expired");
}

TEST_F(Notifications, CloseAClientWhoseAccessWasWithdrawnButNotForWantOfTheDatabase) {
    connect({});
    withdrawn = Error{Errc::unavailable, "away"};
    world.advance(30s);
    EXPECT_FALSE(closed);
    withdrawn = Error{Errc::forbidden, "Identity is frozen"};
    world.advance(30s);
    ASSERT_TRUE(closed);
    EXPECT_EQ(*closed->close, NotificationClient::kWithdrawn);
}

TEST_F(Notifications, CloseASlowClientInsteadOfGrowing) {
    options.queued = 10;
    connect({});
    for (int i = 0; i < 11; ++i) client->receive("{", true);
    EXPECT_FALSE(client->receive("{", true)) << "nothing more is read of it";
    world.clock.run_until_idle();
    ASSERT_TRUE(closed);
    EXPECT_EQ(*closed->close, NotificationClient::kSlow);
}

TEST_F(Notifications, AreCounted) {
    connect({"all"});
    const auto welcome = metrics.counter(Metric::notifier_messages).value();
    const auto id = world.execute("core.null");
    world.advance(2s);
    world.bus.ring(Topic::executions, std::array{id.value});
    world.clock.run_until_idle();
    EXPECT_EQ(metrics.gauge(Metric::notifier_clients).value(), 1);
    EXPECT_EQ(metrics.counter(Metric::notifier_messages).value(), welcome + 1);
    EXPECT_EQ(metrics.histogram(Metric::notifier_delay).count(), 1U);
    EXPECT_EQ(metrics.histogram(Metric::notifier_delay).sum(), 2'000'000);

    withdrawn = Error{Errc::forbidden, "Identity is frozen"};
    world.advance(30s);
    client.reset();
    world.advance(5s);
    EXPECT_EQ(metrics.counters(Metric::notifier_clients_ended).of("withdrawn").value(), 1U);
    EXPECT_EQ(metrics.gauge(Metric::notifier_clients).value(), 0);
}

TEST_F(Notifications, CostNothingWhenTheLastClientHasLeft) {
    connect({"all"});
    EXPECT_EQ(hub.clients(), 1U);
    EXPECT_EQ(hub.subscriptions(), 1U);
    client->end(1001, "over");
    client.reset();
    world.clock.run_until_idle();
    world.advance(5s);
    EXPECT_EQ(hub.clients(), 0U);
    EXPECT_EQ(group.size(), 0U) << "nothing waits any more";
}

} // namespace
} // namespace attune::api
