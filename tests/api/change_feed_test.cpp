// The change feed from rows to its listeners, on a fake clock: what doorbells tell of, and what they do not.
#include "live/feed.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::live {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

/// Hears everything, as long as it is there.
class Ear final : public Listener {
public:
    using Listener::Listener;
    bool has_clients() override { return is_there; }
    void tell(const Change& change) override {
        if (const auto* execution = change.execution()) {
            told.push_back(fmt::format("{} {}", execution->id.value, enum_name(execution->status)));
        } else {
            told.push_back(fmt::format("{} {}", row_of(change.thing.kind).name, change.before ? "changed" : "new"));
        }
    }
    void tell_missed() override { ++missed; }
    task<Result<void>> start() { return feed().start(); }

    bool is_there = true;
    std::vector<std::string> told;
    int missed = 0;
};

class ChangeFeed : public testing::Test {
protected:
    ~ChangeFeed() override {
        group.request_stop();
        world.clock.run_until_idle();
    }
    bool start() {
        bool started = false;
        group.spawn_once("start", [](Ear& one, bool& done) -> task<void> {
            done = (co_await one.start()).has_value();
        }(ear, started));
        world.clock.run_until_idle();
        return started;
    }
    /// Without a doorbell.
    void set_status(ExecutionId id, std::string_view status) {
        world.write([&](Session& session) -> Result<bool> {
            const std::array values{SqlValue::text(status), SqlValue::integer(id.value)};
            CHECK(session.run_text("update execution set status = $1 where id = $2", values, nullptr));
            return true;
        });
    }
    std::string line(ExecutionId id, std::string_view status) { return fmt::format("{} {}", id.value, status); }

    test::World world;
    ServiceGroup group{world.loop.get_executor(), world.clock};
    Feed feed{{world.clock, world.bus, world.db, world.loop.get_executor(), group}};
    Ear ear{feed};
};

TEST_F(ChangeFeed, TellsCausesBeforeWhatFollowsFromThem) {
    ASSERT_TRUE(start());
    world.start_all();
    world.add_rule("core.demo", "core.timer_10s", "core.null");
    world.advance(10s);
    ASSERT_GE(ear.told.size(), 3U);
    const auto at = [&](std::string_view what) { return std::ranges::find(ear.told, what) - ear.told.begin(); };
    EXPECT_EQ(at("event new"), 0);
    EXPECT_LT(at("enforcement new"), std::ssize(ear.told) - 1);
    EXPECT_EQ(std::ranges::count(ear.told, "event new"), 1);
    EXPECT_EQ(std::ranges::count(ear.told, "enforcement new"), 1);
    EXPECT_EQ(ear.told.back(), line(world.executions().front().id, "completed"));
}

TEST_F(ChangeFeed, FindsTheEndOfAnOldExecutionWhoseDoorbellWasLost) {
    const auto old = world.execute("core.echo");
    for (std::int64_t i = 0; i < Feed::kNewest; ++i) set_status(world.execute("core.echo"), "completed");
    ASSERT_TRUE(start());
    set_status(old, "completed");
    world.advance(5s);
    EXPECT_THAT(ear.told, ElementsAre(line(old, "completed")));
    EXPECT_EQ(ear.missed, 0);
}

TEST_F(ChangeFeed, SaysWhenMoreHappenedThanItLooksAt) {
    ASSERT_TRUE(start());
    for (std::int64_t i = 0; i < Feed::kNewest + 1; ++i) world.execute("core.echo");
    world.advance(5s);
    EXPECT_EQ(ear.told.size(), static_cast<std::size_t>(Feed::kNewest));
    EXPECT_EQ(ear.missed, 1);
}

TEST_F(ChangeFeed, LosesNothingWhileTheDatabaseIsAway) {
    const auto id = world.execute("core.echo");
    ASSERT_TRUE(start());
    world.db.faults.unavailable = 1;
    set_status(id, "running");
    world.bus.ring(Topic::executions, std::array{id.value});
    world.advance(10s);
    EXPECT_THAT(ear.told, IsEmpty());
    world.db.faults.unavailable = 0;
    world.advance(1s);
    EXPECT_THAT(ear.told, ElementsAre(line(id, "running")));
}

TEST_F(ChangeFeed, DoesNotBeginWithoutTheDatabase) {
    world.db.faults.unavailable = 1;
    EXPECT_FALSE(start());
    EXPECT_EQ(group.size(), 0U);
    world.db.faults.unavailable = 0;
    EXPECT_TRUE(start());
}

TEST_F(ChangeFeed, ForgetsWhatIsGone) {
    const auto id = world.execute("core.echo");
    ASSERT_TRUE(start());
    world.write([&](Session& session) -> Result<bool> {
        CHECK(session.run_text("delete from execution", {}, nullptr));
        return true;
    });
    world.bus.ring(Topic::executions, std::array{id.value});
    world.advance(20s);
    EXPECT_THAT(ear.told, IsEmpty());
    EXPECT_EQ(ear.missed, 0);
}

TEST_F(ChangeFeed, IsOneForAllItsListenersAndEndsWithTheLast) {
    Ear other{feed};
    ASSERT_TRUE(start());
    ASSERT_TRUE(start());
    EXPECT_EQ(group.size(), 1U);
    const auto id = world.execute("core.echo");
    world.bus.ring(Topic::executions, std::array{id.value});
    world.clock.run_until_idle();
    EXPECT_EQ(ear.told, other.told);
    EXPECT_THAT(ear.told, Contains(line(id, "scheduled")));
    ear.is_there = false;
    world.advance(5s);
    EXPECT_EQ(group.size(), 1U);
    other.is_there = false;
    world.advance(5s);
    EXPECT_EQ(group.size(), 0U) << "nothing waits any more";
    EXPECT_EQ(world.clock.sleepers(), 0U);
}

} // namespace
} // namespace attune::live
