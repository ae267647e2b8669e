#include "domain/execution.hpp"
#include "flow/endings.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::test {
namespace {

using testing::ElementsAre;

class TimerToExecution : public testing::Test {
protected:
    World world;

    std::vector<std::string> statuses() {
        std::vector<std::string> out;
        for (const auto& one : world.executions()) out.emplace_back(enum_name(one.status));
        return out;
    }
    /// Executes an action that takes so long, and lets it run for a second.
    ExecutionId start_slow(Duration takes) {
        world.start_all();
        world.add_action("core.slow");
        world.processes.script("core.slow", {{.takes = takes}});
        const auto id = world.execute("core.slow");
        world.advance(1s);
        return id;
    }
    /// What the database says, without a ring.
    void cancel(ExecutionId id) {
        world.write([&](Session& session) { return flow::cancel_execution(session, id, world.clock.now()); });
    }
};

TEST_F(TimerToExecution, RunsTheDemoRuleEveryTenSeconds) {
    world.start_all();
    world.add_rule("core.timer_echo_10s", "core.timer_10s", "core.echo", {},
                   {{"message", "Hello World from timer trigger!"}});
    world.advance(30s);

    const auto executions = world.executions();
    ASSERT_EQ(executions.size(), 3U);
    EXPECT_EQ(executions[0].status, ExecutionStatus::completed);
    EXPECT_EQ(executions[0].rule_ref, "core.timer_echo_10s");
    EXPECT_EQ(executions[0].config->at("message").as_string(), "Hello World from timer trigger!");
    EXPECT_EQ(world.enforcements().size(), 3U);
    for (const auto& event : world.events()) EXPECT_TRUE(event.decided_at);
}

TEST_F(TimerToExecution, RunsForTheOwnerOfTheRule) {
    world.start_all();
    const auto rule = world.add_rule("core.mine", "core.timer_10s", "core.null");
    world.write([&](Session& session) {
        auto owned = rule;
        owned.owner_identity = IdentityId{7};
        return flow::update_rule(session, rule, owned, world.clock.now());
    });

    world.advance(10s);

    ASSERT_EQ(world.executions().size(), 1U);
    EXPECT_EQ(world.executions()[0].executor, IdentityId{7});
}

TEST_F(TimerToExecution, RunsForNobodyWhenTheRuleHasNoOwner) {
    world.start_all();
    world.add_rule("core.of_the_pack", "core.timer_10s", "core.null");

    world.advance(10s);

    ASSERT_EQ(world.executions().size(), 1U);
    EXPECT_EQ(world.executions()[0].executor, std::nullopt);
}

TEST_F(TimerToExecution, FiresExactlyOnItsGrid) {
    world.start_all();
    world.add_rule("core.demo", "core.timer_10s", "core.null");
    const auto start = world.clock.now();
    world.advance(3h);

    const auto events = world.events();
    ASSERT_EQ(events.size(), 3U * 360);
    for (std::size_t i = 0; i < events.size(); ++i) {
        ASSERT_EQ(*events[i].nominal, start + Duration{10s} * static_cast<std::int64_t>(i + 1));
        ASSERT_EQ(events[i].created, *events[i].nominal);
    }
    EXPECT_EQ(world.executions().size(), events.size());
    EXPECT_THAT(statuses(), testing::Each("completed"));
}

TEST_F(TimerToExecution, FiresAOneShotOnceAlsoAcrossARestart) {
    world.start_all();
    world.add_rule("core.once", "core.datetimetimer", "core.echo", {{"fire_at", "2026-01-01T00:01:00Z"}});
    world.crash(Role::timers);
    world.advance(50s);
    world.start(Role::timers);
    world.advance(1h);
    world.crash(Role::timers);
    world.start(Role::timers);
    world.advance(1h);

    ASSERT_EQ(world.events().size(), 1U);
    EXPECT_EQ(format_timestamp_short(*world.events()[0].nominal), "2026-01-01T00:01:00Z");
    EXPECT_THAT(statuses(), ElementsAre("completed"));
}

TEST_F(TimerToExecution, FiresWhatARecurrenceRuleNames) {
    world.start_all();
    world.add_rule("core.ends_of_shifts", "core.rruletimer", "core.null",
                   {{"freq", "DAILY"}, {"by_hour", json::array{6, 14}}, {"dtstart", "2026-01-01T00:30:00"}});

    world.advance(20h);

    ASSERT_EQ(world.events().size(), 2U);
    EXPECT_EQ(format_timestamp_short(*world.events()[0].nominal), "2026-01-01T06:30:00Z");
    EXPECT_EQ(format_timestamp_short(*world.events()[1].nominal), "2026-01-01T14:30:00Z");
    EXPECT_EQ(world.events()[0].payload->at("type"), "rrule");
}

TEST_F(TimerToExecution, StopsAndResumesWithTheRule) {
    world.start_all();
    world.add_rule("core.tick", "core.intervaltimer", "core.null", {{"unit", "seconds"}, {"interval", 10}});
    world.advance(25s);
    world.set_enabled("core.tick", false);
    world.advance(1min);
    EXPECT_EQ(world.events().size(), 2U);
    world.set_enabled("core.tick", true);
    world.advance(10s);

    EXPECT_EQ(world.events().size(), 3U);
}

TEST_F(TimerToExecution, ExplainsWhyARuleDidNotMatch) {
    world.start_all();
    const auto rule = world.add_rule("core.tick", "core.timer_10s", "core.null");
    world.write([&](Session& session) -> Result<bool> {
        auto after = rule;
        after.conditions = json::object{{"expression", "event.payload.sequence > 1"}};
        CHECK(flow::update_rule(session, rule, after, world.clock.now()));
        return true;
    });
    world.advance(20s);

    const auto events = world.events();
    ASSERT_EQ(events.size(), 2U);
    EXPECT_FALSE(events[0].decision->at(0).at("matched").as_bool());
    EXPECT_NE(std::string(events[0].decision->at(0).at("reason").as_string()), "");
    EXPECT_TRUE(events[1].decision->at(0).at("matched").as_bool());
    EXPECT_EQ(world.executions().size(), 1U);
}

TEST_F(TimerToExecution, RetriesWithBackoffUntilTheActionSucceeds) {
    world.start_all();
    world.add_action("core.flaky", 3);
    world.processes.script("core.flaky", {{.exit_code = 1}, {.exit_code = 1}, {.exit_code = 0}});
    world.execute("core.flaky");
    world.advance(1min);

    EXPECT_THAT(statuses(), testing::UnorderedElementsAre("failed", "failed", "completed"));
}

TEST_F(TimerToExecution, KeepsToItsSlots) {
    world.start_all();
    world.add_action("core.slow");
    world.processes.script("core.slow", {{.takes = 10s}});
    for (int i = 0; i < 10; ++i) world.execute("core.slow");
    world.advance(31s);

    EXPECT_EQ(world.processes.most_alive, 4);
    EXPECT_THAT(statuses(), testing::Each("completed"));
}

TEST_F(TimerToExecution, NeverStartsAProcessForCoreNullHoweverMuchWaits) {
    for (int i = 0; i < 1200; ++i) world.execute("core.null");
    world.start_all();
    world.advance(1s);

    EXPECT_THAT(statuses(), testing::Each("completed"));
    EXPECT_TRUE(world.processes.started.empty());
}

TEST_F(TimerToExecution, EndsWhatExceedsItsTimeLimit) {
    world.start_all();
    world.add_action("core.slow");
    world.processes.script("core.slow", {{.takes = 1h}});
    world.execute("core.slow");
    world.advance(310s);

    const auto execution = world.executions().at(0);
    EXPECT_EQ(execution.status, ExecutionStatus::failed);
    EXPECT_EQ(execution.result->at("error").as_string(), "Execution timed out after 300 seconds");
}

TEST_F(TimerToExecution, CancelsWhatRuns) {
    const auto id = start_slow(1h);
    cancel(id);
    world.bus.ring(Topic::cancelling, std::array{id.value});
    world.advance(1s);

    EXPECT_EQ(world.executions().at(0).status, ExecutionStatus::cancelled);
    EXPECT_EQ(world.processes.alive, 0);
}

TEST_F(TimerToExecution, CancelsNothingForADoorbellAlone) {
    const auto id = start_slow(1min);
    world.bus.ring(Topic::cancelling, std::array{id.value}); // of another installation on the same broker
    world.advance(1min);

    EXPECT_EQ(world.executions().at(0).status, ExecutionStatus::completed);
}

TEST_F(TimerToExecution, CancelsOnceTheDatabaseIsBack) {
    const auto id = start_slow(1h);
    cancel(id);
    world.db.faults.unavailable = 1;
    world.bus.ring(Topic::cancelling, std::array{id.value});
    world.advance(2s);
    world.db.faults.unavailable = 0;
    world.advance(2s);

    EXPECT_EQ(world.processes.alive, 0);
}

TEST_F(TimerToExecution, SettlesWhatALostWorkerLeft) {
    world.start_all();
    world.add_action("core.slow");
    world.processes.script("core.slow", {{.takes = 1h}});
    for (int i = 0; i < 5; ++i) world.execute("core.slow");
    world.advance(1s);
    world.crash(Role::worker);
    world.start(Role::worker);
    world.advance(1s);

    EXPECT_THAT(statuses(), ElementsAre("abandoned", "abandoned", "abandoned", "abandoned", "running"));
}

} // namespace
} // namespace attune::test
