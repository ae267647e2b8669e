#include "domain/event.hpp"
#include "domain/trigger.hpp"
#include "flow/timers.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::test {
namespace {

using testing::ElementsAre;

const QueryOf<Timer> kTimerOfRule{"test.timer_of_rule", "select {columns} from timer where rule_ref = $1"};

/// A timer every 10 s whose runs take 25 s.
class Overlap : public testing::Test {
protected:
    World world;

    void add_rule(const char* overlap, std::int64_t max_retries = 0) {
        world.start_all();
        world.add_action("core.slow", max_retries);
        world.processes.script("core.slow", {{.takes = 25s}});
        world.add_rule("core.slowly", "core.intervaltimer", "core.slow",
                       {{"unit", "seconds"}, {"interval", 10}, {"overlap", overlap}});
    }
    Timer timer() {
        return *world.write([](Session& s) { return s.find<Timer>(kTimerOfRule, std::string("core.slowly")); });
    }
    /// "10 completed": seconds from the start at which each execution began, or "-" when it never did.
    std::vector<std::string> runs() {
        std::vector<std::string> out;
        const auto start = *parse_timestamp("2026-01-01T00:00:00Z");
        for (const auto& one : world.executions()) {
            out.push_back(
                fmt::format("{} {}", one.started_at ? std::to_string((*one.started_at - start) / 1s) : std::string("-"),
                            enum_name(one.status)));
        }
        return out;
    }
    std::string told(std::size_t event) {
        const auto events = world.events();
        return std::string(events.at(event).decision->at(0).at("overlap").as_string());
    }
};

TEST_F(Overlap, IsAllowedUnlessSomethingElseIsSaid) {
    add_rule("allow");
    world.advance(31s);

    EXPECT_EQ(world.processes.most_alive, 3);
}

TEST_F(Overlap, SkipsWhileTheLastRunIsUnderWay) {
    add_rule("skip");
    world.advance(61s);

    EXPECT_EQ(world.processes.most_alive, 1);
    EXPECT_THAT(runs(), ElementsAre("10 completed", "40 running"));
    EXPECT_EQ(timer().overlap_skipped, 4);
    EXPECT_EQ(told(1), fmt::format("skipped: execution {} of this rule is not over (overlap: skip)",
                                   world.executions().at(0).id.value));
    EXPECT_EQ(world.events().at(1).decision->at(0).at("matched"), true);
    EXPECT_EQ(world.enforcements().at(1).status, EnforcementStatus::disabled);
}

TEST_F(Overlap, QueuesOne) {
    add_rule("queue_one");
    world.advance(61s);

    EXPECT_EQ(world.processes.most_alive, 1);
    // 20 waits, 30 is skipped; released at 35; 40 waits, 50 and 60 are skipped; released at 60.
    EXPECT_THAT(runs(), testing::Contains("35 completed"));
    EXPECT_GE(timer().overlap_queued, 2);
    EXPECT_GE(timer().overlap_skipped, 2);
}

TEST_F(Overlap, QueuesAll) {
    add_rule("queue_all");
    world.advance(41s);

    EXPECT_THAT(runs(), ElementsAre("10 completed", "35 running", "- requested", "- requested"));
    EXPECT_EQ(timer().overlap_queued, 3);
    world.set_enabled("core.slowly", false);
    world.advance(2min);
    EXPECT_THAT(runs(), ElementsAre("10 completed", "35 completed", "60 completed", "85 completed"));
    EXPECT_EQ(world.processes.most_alive, 1);
}

TEST_F(Overlap, CancelsTheRunThatIsInTheWay) {
    add_rule("cancel_running");
    world.advance(31s);

    EXPECT_EQ(world.processes.most_alive, 1);
    EXPECT_THAT(runs(), ElementsAre("10 cancelled", "20 cancelled", "30 running"));
    EXPECT_EQ(timer().overlap_cancelled, 2);
}

TEST_F(Overlap, ReleasesAQueuedRunAlsoAfterACrash) {
    add_rule("queue_all");
    world.advance(21s);
    world.crash(Role::worker);
    world.crash(Role::scheduler);
    world.advance(1s);
    world.start(Role::scheduler);
    world.start(Role::worker);
    world.advance(6s);

    EXPECT_THAT(runs(), ElementsAre("10 abandoned", testing::EndsWith("running")));
}

TEST_F(Overlap, ReleasesAQueuedRunAlsoWhenTheDoorbellIsLost) {
    add_rule("queue_all");
    world.advance(21s);
    world.bus.drop = 1;
    world.advance(20s);

    EXPECT_EQ(runs().at(1).substr(3), "running");
}

TEST_F(Overlap, ARunIsNotOverBeforeItsRetries) {
    world.start_all();
    world.add_action("core.flaky", 1);
    world.processes.script("core.flaky", {{.exit_code = 1}, {}});
    world.add_rule("core.slowly", "core.datetimetimer", "core.flaky",
                   {{"fire_at", "2026-01-01T00:00:10Z"}, {"overlap", "skip"}});
    world.advance(10s);

    ASSERT_EQ(world.executions().size(), 2U);
    EXPECT_EQ(world.executions().at(1).overlap_rule, world.executions().at(0).overlap_rule);
    EXPECT_TRUE(world.executions().at(1).overlap_rule);
}

} // namespace
} // namespace attune::test
