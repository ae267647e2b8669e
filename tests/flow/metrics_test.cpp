// What the services count while the flow runs.
#include "base/enums.hpp"
#include "domain/event.hpp"
#include "domain/execution.hpp"
#include "flow/executions.hpp"
#include "flow/retention.hpp"
#include "logic/schedule/decide.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::test {
namespace {

class FlowMetrics : public testing::Test {
protected:
    std::uint64_t counted(Metric metric) { return world.metrics.counter(metric).value(); }
    std::uint64_t counted(Metric metric, std::string_view value) {
        return world.metrics.counters(metric).of(value).value();
    }
    const Histogram& histogram(Metric metric) { return world.metrics.histogram(metric); }

    World world;
};

TEST_F(FlowMetrics, CountEveryHopOfATimersExecution) {
    world.start_all();
    world.add_action("core.slow");
    world.processes.script("core.slow", {{.takes = 2s}});
    world.add_rule("core.tick", "core.timer_10s", "core.slow");

    world.advance(35s);

    EXPECT_EQ(counted(Metric::events_recorded, "timer"), 3U);
    EXPECT_EQ(counted(Metric::timer_firings, "normal"), 3U);
    EXPECT_EQ(counted(Metric::timer_firings, "misfire"), 0U);
    EXPECT_EQ(counted(Metric::events_decided), 3U);
    EXPECT_EQ(counted(Metric::rule_evaluations, "matched"), 3U);
    EXPECT_EQ(counted(Metric::enforcements, "processed"), 3U);
    EXPECT_EQ(counted(Metric::executions_claimed), 3U);
    EXPECT_EQ(counted(Metric::executions_finished, "completed"), 3U);
    for (const auto hop : {Metric::timer_lateness, Metric::event_decision, Metric::claim_delay, Metric::start_delay,
                           Metric::event_to_start, Metric::process_spawn}) {
        EXPECT_EQ(histogram(hop).count(), 3U) << spec_of(hop).name;
        EXPECT_EQ(histogram(hop).sum(), 0) << spec_of(hop).name; // nobody moved the clock
    }
    EXPECT_EQ(Duration{histogram(Metric::execution_run).sum()}, 6s);
    EXPECT_EQ(world.metrics.gauge(Metric::timers_armed).value(), 1);
    EXPECT_EQ(world.metrics.gauge(Metric::worker_slots).value(), 4);
}

TEST_F(FlowMetrics, TimeAnEventThatWaitedForItsMatcherAndItsWorker) {
    world.start(Role::timers);
    world.add_rule("core.tick", "core.timer_10s", "core.echo");
    world.advance(10s);
    world.advance(4s);
    world.start(Role::matcher);
    world.advance(3s);
    world.start(Role::worker);
    world.advance(1s);

    EXPECT_EQ(Duration{histogram(Metric::event_decision).sum()}, 4s);
    EXPECT_EQ(Duration{histogram(Metric::claim_delay).sum()}, 3s);
    EXPECT_EQ(Duration{histogram(Metric::event_to_start).sum()}, 7s);
}

TEST_F(FlowMetrics, TellAMisfireAndWhatItPassedOverFromFiringsInTime) {
    world.start_all();
    world.add_rule("core.tick", "core.timer_10s", "core.null");
    world.advance(10s);
    world.crash(Role::timers);
    world.advance(10min);
    world.start(Role::timers);

    EXPECT_EQ(counted(Metric::timer_firings, "normal"), 1U);
    EXPECT_EQ(counted(Metric::timer_firings, "misfire"), 1U);
    EXPECT_EQ(counted(Metric::events_recorded, "timer"), 2U);
    EXPECT_EQ(counted(Metric::timer_times_not_fired, "missed"), 59U);
    EXPECT_EQ(histogram(Metric::timer_lateness).count(), 1U);
}

TEST_F(FlowMetrics, CountRetriesAsTheyBecomeClaimableAndTheirEndings) {
    world.start_all();
    world.add_action("core.flaky", 3);
    world.processes.script("core.flaky", {{.exit_code = 1}, {.exit_code = 1}, {.exit_code = 0}});
    world.execute("core.flaky");
    world.advance(1min);

    EXPECT_EQ(counted(Metric::executions_finished, "failed"), 2U);
    EXPECT_EQ(counted(Metric::executions_finished, "completed"), 1U);
    EXPECT_EQ(counted(Metric::executions_scheduled), 2U);
    EXPECT_EQ(histogram(Metric::event_to_start).count(), 0U) << "no event led to it";
}

TEST_F(FlowMetrics, CountRulesThatDoNotMatch) {
    world.start_all();
    const auto rule = world.add_rule("core.tick", "core.timer_10s", "core.null");
    world.write([&](Session& session) -> Result<bool> {
        auto after = rule;
        after.conditions = json::object{{"expression", "event.payload.sequence > 1"}};
        CHECK(flow::update_rule(session, rule, after, world.clock.now()));
        return true;
    });
    world.advance(20s);

    EXPECT_EQ(counted(Metric::rule_evaluations, "unmatched"), 1U);
    EXPECT_EQ(counted(Metric::rule_evaluations, "matched"), 1U);
}

TEST_F(FlowMetrics, CountALostWorkerAndWhatItLeft) {
    world.start_all();
    world.add_action("core.slow");
    world.processes.script("core.slow", {{.takes = 1h}});
    world.execute("core.slow");
    world.advance(1s);
    EXPECT_EQ(world.metrics.gauge(Metric::worker_slots_busy).value(), 1);
    world.crash(Role::worker);
    world.advance(1min);

    EXPECT_EQ(counted(Metric::workers_lost), 1U);
    EXPECT_EQ(counted(Metric::executions_recovered, "abandoned"), 1U);
    EXPECT_EQ(counted(Metric::executions_finished, "abandoned"), 1U);
}

TEST(MetricLabels, AreTheWordsOfTheProgram) {
    const auto values = [](Metric metric) {
        const auto& spec = spec_of(metric);
        return std::vector(spec.label_values.begin(),
                           spec.label_values.begin() + static_cast<std::ptrdiff_t>(spec.value_count()));
    };
    std::vector<std::string_view> final_states;
    std::vector<std::string_view> others;
    for (const auto name : enum_names<ExecutionStatus>())
        (is_final(*parse_enum<ExecutionStatus>(name)) ? final_states : others).push_back(name);

    EXPECT_THAT(values(Metric::executions_finished), testing::UnorderedElementsAreArray(final_states));
    EXPECT_THAT(values(Metric::executions_unfinished), testing::UnorderedElementsAreArray(others));
    EXPECT_THAT(values(Metric::timer_firings), testing::ElementsAreArray(enum_names<logic::schedule::FiringReason>()));
    EXPECT_THAT(values(Metric::enforcements), testing::IsSubsetOf(enum_names<EnforcementStatus>()));
    EXPECT_THAT(values(Metric::rows_deleted), testing::UnorderedElementsAreArray(enum_names<flow::History>()));
}

} // namespace
} // namespace attune::test
