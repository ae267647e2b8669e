// Throttle and debounce of rules: what runs, what does not, and that each event says so.
#include "domain/evaluation.hpp"
#include "flow/events.hpp"
#include "services/janitor/janitor.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Query kThrottledKeys{"test.throttled_keys", "select count(*) from throttled_key"};

class Pacing : public testing::Test {
protected:
    World world;
    Rule rule = world.add_rule("core.paced", "core.timer_10s", "core.null", {},
                               {{"host", "{{ event.payload.host }}"}, {"n", "{{ event.payload.n }}"}});

    Pacing() {
        for (const auto role : {Role::matcher, Role::scheduler, Role::worker}) world.start(role);
    }
    void change(const std::function<void(Rule&)>& how) {
        world.write([&](Session& session) {
            const auto before = *flow::get_rule(session, rule.ref);
            auto after = before;
            how(after);
            return flow::update_rule(session, before, after, world.clock.now());
        });
    }
    void ask(std::string_view conditions) {
        change([&](Rule& one) { one.conditions = *parse_json(conditions); });
    }
    /// An event of now, decided at once unless the matcher is away.
    EventId post(const std::string& host = "web1") {
        Event event;
        event.id = {++last_};
        event.trigger_ref = "core.timer_10s";
        event.created = world.clock.now();
        event.payload = json::object{{"host", host}, {"n", last_}};
        world.write([&](Session& session) { return flow::record_events(session, {&event, 1}); });
        world.bus.ring(Topic::events, std::array{event.id.value});
        world.clock.run_until_idle();
        return event.id;
    }
    void post_after(Duration pause, const std::string& host = "web1") {
        world.advance(pause);
        post(host);
    }
    void clean_up(services::Janitor::Options options) {
        services::Janitor janitor(world.ports(), options);
        ServiceGroup group(world.loop.get_executor(), world.clock);
        group.spawn_once("pass", [](services::Janitor& one) -> task<void> {
            const auto deleted = co_await one.run_once();
            if (!deleted) ADD_FAILURE() << deleted.error().text();
        }(janitor));
        world.clock.run_until_idle();
    }
    std::vector<std::string> outcomes() {
        std::vector<std::string> out;
        for (const auto& event : world.events()) {
            const auto lines = evaluations_of(event.decision);
            out.emplace_back(lines.empty() ? "" : enum_name(lines[0].outcome));
        }
        return out;
    }
    Evaluation line_of_event(std::size_t number) {
        return evaluations_of(world.events().at(number - 1).decision).at(0);
    }
    /// "web1 3": for each execution the event that it runs for.
    std::vector<std::string> runs() {
        std::vector<std::string> out;
        for (const auto& one : world.executions()) {
            out.push_back(
                fmt::format("{} {}", std::string(one.config->at("host").as_string()), one.config->at("n").as_int64()));
        }
        return out;
    }

private:
    std::int64_t last_ = 0;
};

TEST_F(Pacing, AThrottleAllowsSoManyRunsInAnySpan) {
    ask(R"({"throttle": {"limit": 2, "per": "10s"}})");
    post();
    post_after(9s);
    post();
    post_after(1s);
    post();
    post_after(9s);

    EXPECT_THAT(outcomes(), ElementsAre("matched", "matched", "throttled", "matched", "throttled", "matched"));
    EXPECT_THAT(runs(), ElementsAre("web1 1", "web1 2", "web1 4", "web1 6"));
    EXPECT_EQ(world.enforcements().size(), 4U);
    const auto refused = line_of_event(3);
    EXPECT_TRUE(refused.matched);
    EXPECT_EQ(refused.execution, std::nullopt);
    EXPECT_EQ(refused.pacing, "throttle: it ran 2 times within 10s; it may run again at 2026-01-01T00:00:10Z");
}

TEST_F(Pacing, AThrottleCountsEachValueOfItsKey) {
    ask(R"({"throttle": {"per": "1h", "key": "event.payload.host"}})");
    for (const auto* host : {"web1", "web2", "web1", "web3", "web2"}) post(host);

    EXPECT_THAT(runs(), ElementsAre("web1 1", "web2 2", "web3 4"));
    EXPECT_THAT(line_of_event(3).pacing.value_or(""), HasSubstr("it ran once within 1h with the key \"web1\""));
}

TEST_F(Pacing, AThrottleCountsOverRestartsOfTheMatcher) {
    ask(R"({"throttle": {"per": "1h"}})");
    post();
    world.crash(Role::matcher);
    world.start(Role::matcher);
    post_after(30min);
    post_after(30min);

    EXPECT_THAT(outcomes(), ElementsAre("matched", "throttled", "matched"));
}

TEST_F(Pacing, AThrottleIsNotAskedByWhatDoesNotMatch) {
    ask(R"({"expression": "event.payload.host == 'web2'", "throttle": {"per": "1h"}})");
    post("web1");
    post("web2");
    post("web2");
    EXPECT_THAT(outcomes(), ElementsAre("unmatched", "matched", "throttled"));
}

TEST_F(Pacing, AKeyThatCannotBeToldIsNoMatchAndSaysWhy) {
    ask(R"({"throttle": {"per": "1h", "key": "event.payload.lost"}})");
    post();
    ask(R"({"debounce": {"wait": "1m", "key": "event.payload.lost"}})");
    post();

    EXPECT_THAT(outcomes(), ElementsAre("failed", "failed"));
    EXPECT_THAT(line_of_event(1).reason, HasSubstr("conditions.throttle.key: "));
    EXPECT_THAT(line_of_event(2).reason, HasSubstr("conditions.debounce.key: "));
    EXPECT_FALSE(line_of_event(1).matched);
}

TEST_F(Pacing, RetentionForgetsWhatNoThrottleCounts) {
    ask(R"({"throttle": {"per": "30m", "key": "event.payload.host"}})");
    post("web1");
    post_after(20min, "web2");
    world.advance(20min);
    clean_up({});

    EXPECT_EQ(world.write([](Session& session) { return session.scalar<std::int64_t>(kThrottledKeys); }), 1);
    post("web2");
    EXPECT_THAT(outcomes(), ElementsAre("matched", "matched", "throttled"));
}

TEST_F(Pacing, ADebounceRunsForTheLastEventOnceNothingFollows) {
    ask(R"({"debounce": {"wait": "10s"}})");
    post();
    post_after(9s);
    post_after(9s);
    EXPECT_THAT(outcomes(), ElementsAre("superseded", "superseded", "waiting"));
    EXPECT_EQ(line_of_event(1).superseded_by, EventId{2});
    EXPECT_EQ(line_of_event(1).pacing, "debounce: event 2 followed");
    EXPECT_EQ(format_timestamp_short(*line_of_event(3).due), "2026-01-01T00:00:28Z");
    EXPECT_TRUE(line_of_event(3).matched);

    world.advance(10s - 1us);
    EXPECT_THAT(runs(), IsEmpty());
    world.advance(1us);
    EXPECT_THAT(runs(), ElementsAre("web1 3"));
    EXPECT_EQ(format_timestamp_short(world.executions()[0].created), "2026-01-01T00:00:28Z");
    const auto line = line_of_event(3);
    EXPECT_EQ(line.outcome, EvaluationOutcome::matched);
    EXPECT_EQ(line.execution, world.executions()[0].id);
    EXPECT_EQ(line.reason, "no conditions");
    EXPECT_EQ(line.pacing, "debounce: no event followed in 10s");
    EXPECT_EQ(line.due, std::nullopt);

    world.advance(1h);
    EXPECT_THAT(runs(), ElementsAre("web1 3"));
}

TEST_F(Pacing, ADebounceGathersByItsKey) {
    ask(R"({"debounce": {"wait": "10s", "key": "event.payload.host"}})");
    post("web1");
    post("web2");
    post_after(5s, "web1");
    world.advance(5s);
    EXPECT_THAT(runs(), ElementsAre("web2 2"));
    world.advance(5s);
    EXPECT_THAT(runs(), ElementsAre("web2 2", "web1 3"));
    EXPECT_EQ(line_of_event(1).pacing, "debounce: event 3 followed with the key \"web1\"");
}

TEST_F(Pacing, ADebounceGoesByTheTimesOfEventsWheneverTheyAreDecided) {
    ask(R"({"debounce": {"wait": "10s"}})");
    world.crash(Role::matcher);
    post();
    post_after(9s);
    post_after(10s);
    post_after(3s);
    world.advance(1h);
    world.start(Role::matcher);
    world.advance(10s);

    EXPECT_THAT(outcomes(), ElementsAre("superseded", "matched", "superseded", "matched"));
    EXPECT_THAT(runs(), ElementsAre("web1 2", "web1 4"));
}

TEST_F(Pacing, WhatCameDueWhileNobodyLookedRunsAfterTheStart) {
    ask(R"({"debounce": {"wait": "10s", "key": "event.payload.host"}})");
    post("web1");
    post("web2");
    world.crash(Role::matcher);
    world.advance(1h);
    EXPECT_THAT(runs(), IsEmpty());
    world.start(Role::matcher);
    EXPECT_THAT(runs(), ElementsAre("web1 1", "web2 2"));
    world.crash(Role::matcher);
    world.start(Role::matcher);
    world.advance(1h);
    EXPECT_EQ(world.executions().size(), 2U);
}

TEST_F(Pacing, AMatchOfAnotherProcessIsFoundByTheSweep) {
    ask(R"({"debounce": {"wait": "3s"}})");
    world.crash(Role::matcher);
    post();
    const DebouncedMatch match{{1}, rule.id, "", world.clock.now(), world.clock.now() + 3s};
    world.start(Role::matcher); // decides, and knows when the match is due
    world.advance(3s);
    EXPECT_EQ(world.executions().size(), 1U);

    const auto second = post();
    world.advance(3s);
    EXPECT_EQ(world.executions().size(), 2U);
    // One that this matcher never saw come: as if another process had kept it.
    world.write([&](Session& session) {
        auto other = match;
        other.event = second;
        return flow::debounce_matches(session, {&other, 1});
    });
    world.advance(10s);
    EXPECT_EQ(world.executions().size(), 2U) << "an event meets a rule once";
}

TEST_F(Pacing, AMatchThatIsDueGoesByTheRuleOfThatTime) {
    ask(R"({"debounce": {"wait": "10s", "key": "event.payload.host"}})");
    post("web1");
    change([](Rule& one) { one.enabled = false; });
    world.advance(10s);
    EXPECT_THAT(runs(), IsEmpty());
    EXPECT_EQ(line_of_event(1).outcome, EvaluationOutcome::disabled);
    EXPECT_EQ(line_of_event(1).reason, "the rule is disabled");

    change([](Rule& one) { one.enabled = true; });
    post("web2");
    change([](Rule& one) {
        one.conditions = json::object{};
        one.action_params = json::object{{"host", "changed"}, {"n", 7}};
    });
    world.advance(10s);
    EXPECT_THAT(runs(), ElementsAre("changed 7"));
}

TEST_F(Pacing, AMatchWhoseRuleIsGoneSaysSo) {
    ask(R"({"debounce": {"wait": "10s"}})");
    post();
    world.write([&](Session& session) -> Result<bool> {
        TRY(const auto found, flow::get_rule(session, rule.ref));
        CHECK(flow::delete_rule(session, found, world.clock.now()));
        return true;
    });
    world.advance(1h);
    EXPECT_THAT(runs(), IsEmpty());
    EXPECT_EQ(line_of_event(1).outcome, EvaluationOutcome::disabled);
    EXPECT_EQ(line_of_event(1).reason, "the rule was deleted while its match waited");
}

TEST_F(Pacing, WhatADebounceLetsThroughIsThrottled) {
    ask(R"({"debounce": {"wait": "5s"}, "throttle": {"per": "1m"}})");
    post();
    world.advance(5s);
    post();
    world.advance(5s);
    EXPECT_THAT(outcomes(), ElementsAre("matched", "throttled"));
    EXPECT_THAT(line_of_event(2).pacing.value_or(""), HasSubstr("throttle: it ran once within 1m"));
    world.advance(1h);
    EXPECT_EQ(world.executions().size(), 1U);
}

TEST_F(Pacing, AnEventThatWaitsIsNotForgotten) {
    ask(R"({"debounce": {"wait": "24h"}})");
    post();
    world.advance(2h);
    clean_up({.events = 1h});
    EXPECT_EQ(world.events().size(), 1U);
    world.advance(22h);
    EXPECT_THAT(runs(), ElementsAre("web1 1"));
}

TEST_F(Pacing, CountsWhatItHoldsBack) {
    ask(R"({"throttle": {"per": "1h"}})");
    post();
    post();
    ask(R"({"debounce": {"wait": "1s"}})");
    post();
    post();
    world.advance(1s);
    auto held = world.metrics.counters(Metric::runs_held_back);
    EXPECT_EQ(held.of("throttled").value(), 1U);
    EXPECT_EQ(held.of("superseded").value(), 1U);
    EXPECT_EQ(world.metrics.counters(Metric::rule_evaluations).of("matched").value(), 4U);
    EXPECT_EQ(world.metrics.counters(Metric::enforcements).of("processed").value(), 2U);
}

/// Writes that run twice, lose their answers or fail change nothing of it.
TEST(PacingUnderFaults, RunsOnceForTheLastEventOfEachKey) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        World world(seed);
        const auto rule = world.add_rule("core.paced", "core.timer_10s", "core.null", {},
                                         {{"n", "{{ event.payload.n }}"}, {"host", "{{ event.payload.host }}"}});
        world.write([&](Session& session) {
            auto after = rule;
            after.conditions = *parse_json(R"({"debounce": {"wait": "10s", "key": "event.payload.host"},
                                "throttle": {"per": "1h", "key": "event.payload.host"}})");
            return flow::update_rule(session, rule, after, world.clock.now());
        });
        world.start_all();
        world.db.faults = {.run_twice = 0.3, .lost_answer = 0.1, .unavailable = 0.1};
        world.bus.drop = 0.5;
        for (std::int64_t n = 1; n <= 30; ++n) {
            Event event;
            event.id = {n};
            event.trigger_ref = "core.timer_10s";
            event.created = world.clock.now();
            event.payload = json::object{{"host", fmt::format("web{}", n % 3)}, {"n", n}};
            world.write([&](Session& session) { return flow::record_events(session, {&event, 1}); });
            if (n % 10 == 0) {
                world.crash(Role::matcher);
                world.start(Role::matcher);
            }
            world.advance(2s);
        }
        world.db.faults = {};
        world.advance(1min);
        std::vector<std::int64_t> runs;
        for (const auto& one : world.executions()) runs.push_back(one.config->at("n").as_int64());
        std::ranges::sort(runs);
        EXPECT_THAT(runs, ElementsAre(28, 29, 30)) << "seed " << seed;
    }
}

} // namespace
} // namespace attune::test
