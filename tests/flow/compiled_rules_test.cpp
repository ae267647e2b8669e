#include "domain/event.hpp"
#include "domain/rule.hpp"
#include "services/rule_matcher/compiled_rules.hpp"

#include "flow/generation.hpp"
#include "flow/timer_commands.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::test {
namespace {

const Query kTimers{"test.timer_ids", "select id from timer order by id"};

class CompiledRulesTest : public testing::Test {
protected:
    using Pointer = std::shared_ptr<const services::CompiledRule>;

    static Event event_of_trigger(std::string ref) {
        Event event;
        event.trigger_ref = std::move(ref);
        return event;
    }
    static Event event_of_rule(const Rule& rule) {
        Event event;
        event.trigger_ref = rule.trigger_ref;
        event.rule = rule.id;
        return event;
    }
    void prepare(services::CompiledRules& known, const Event& event) {
        group.spawn_once("test", [](services::CompiledRules& all, Event one) -> task<void> {
            const auto done = co_await all.prepare({std::move(one)});
            EXPECT_TRUE(done);
        }(known, event));
        world.clock.run_until_idle();
    }
    /// The rules that the event meets, prepared for.
    std::vector<Pointer> of(const Event& event) {
        prepare(rules, event);
        return rules.of(event).rules;
    }
    /// Something else is read, which shows what has changed meanwhile.
    void notice_changes() { prepare(rules, event_of_trigger(fmt::format("core.unused_{}", ++unused))); }

    template <class F>
    void change(F fn) {
        world.write([&](Session& session) -> Result<bool> {
            CHECK(fn(session, world.clock.now()));
            return true;
        });
    }

    World world;
    ServiceGroup group{world.loop.get_executor(), world.clock};
    services::CompiledRules rules{world.db, world.ids, 1000};
    int unused = 0;
};

TEST_F(CompiledRulesTest, CountsTheRulesOfATriggerIntoItsBound) {
    for (int i = 0; i < 5; ++i) world.add_rule("core.r" + std::to_string(i), "core.timer_10s", "core.null");
    services::CompiledRules few(world.db, world.ids, 4);

    prepare(few, event_of_trigger("core.timer_10s"));
    EXPECT_EQ(few.of(event_of_trigger("core.timer_10s")).rules.size(), 5U);
    EXPECT_GT(few.size(), 4U);

    prepare(few, event_of_trigger("core.timer_1m"));
    EXPECT_TRUE(few.of(event_of_trigger("core.timer_10s")).rules.empty()) << "over its bound it starts anew";
    EXPECT_LE(few.size(), 4U);
}

TEST_F(CompiledRulesTest, CompilesARuleOnceForItsTriggerAndForItsOwnSake) {
    const auto rule = world.add_rule("core.r", "core.timer_10s", "core.null");

    EXPECT_EQ(of(event_of_trigger("core.timer_10s")), of(event_of_rule(rule)));
}

TEST_F(CompiledRulesTest, KeepWhatAChangeOfSomethingElseDoesNotTouch) {
    const auto kept = world.add_rule("core.kept", "core.timer_10s", "core.null");
    const auto other = world.add_rule("core.other", "core.timer_1m", "core.echo");
    const auto before = of(event_of_rule(kept));
    const auto on_trigger = of(event_of_trigger("core.timer_10s"));

    world.set_enabled("core.other", false);
    world.add_rule("core.another", "core.timer_hourly", "core.echo");
    world.add_action("core.more");
    change([&](Session& s, Timestamp now) { return flow::delete_rule(s, other, now); });
    notice_changes();

    EXPECT_EQ(of(event_of_rule(kept)), before);
    EXPECT_EQ(of(event_of_trigger("core.timer_10s")), on_trigger);
}

TEST_F(CompiledRulesTest, KeepAllWhenATimerIsPaused) {
    const auto rule = world.add_rule("core.r", "core.timer_10s", "core.null");
    const auto before = of(event_of_rule(rule));

    change([&](Session& s, Timestamp now) -> Result<void> {
        TRY(const auto timers, s.column<TimerId>(kTimers));
        for (const auto id : timers) CHECK(flow::pause_timer(s, id, {}, {}, now));
        return {};
    });
    notice_changes();

    EXPECT_EQ(of(event_of_rule(rule)), before);
}

TEST_F(CompiledRulesTest, ReadAnewTheRuleThatChangedAndKeepTheOthersOfItsTrigger) {
    world.add_rule("core.a", "core.timer_10s", "core.null");
    const auto b = world.add_rule("core.b", "core.timer_10s", "core.null");
    const auto before = of(event_of_trigger("core.timer_10s"));

    change([&](Session& s, Timestamp now) {
        auto changed = b;
        changed.label = "changed";
        return flow::update_rule(s, b, changed, now);
    });
    notice_changes();
    const auto after = of(event_of_trigger("core.timer_10s"));

    ASSERT_EQ(after.size(), 2U);
    EXPECT_EQ(after[0], before[0]);
    EXPECT_NE(after[1], before[1]);
    EXPECT_EQ(after[1]->rule.label, "changed");
}

TEST_F(CompiledRulesTest, KnowARuleThatCameToTheTriggerOrLeftIt) {
    const auto a = world.add_rule("core.a", "core.timer_10s", "core.null");
    EXPECT_EQ(of(event_of_trigger("core.timer_10s")).size(), 1U);

    const auto b = world.add_rule("core.b", "core.timer_10s", "core.null");
    notice_changes();
    EXPECT_EQ(of(event_of_trigger("core.timer_10s")).size(), 2U);

    change([&](Session& s, Timestamp now) {
        auto moved = a;
        moved.trigger_ref = "core.timer_1m";
        return flow::update_rule(s, a, moved, now);
    });
    notice_changes();
    EXPECT_EQ(of(event_of_trigger("core.timer_10s")).size(), 1U);

    change([&](Session& s, Timestamp now) { return flow::delete_rule(s, b, now); });
    notice_changes();
    EXPECT_EQ(of(event_of_trigger("core.timer_10s")).size(), 0U);
    EXPECT_EQ(of(event_of_rule(b)).size(), 0U);
}

TEST_F(CompiledRulesTest, ReadAnewWhatRestsOnAChangedTriggerActionOrPack) {
    const auto rule = world.add_rule("core.r", "core.timer_10s", "core.null");
    const auto changes = std::vector<std::function<Result<bool>(Session&, Timestamp)>>{
        [](Session& s, Timestamp now) -> Result<bool> {
            TRY(auto one, flow::get_trigger(s, "core.timer_10s"));
            CHECK(flow::update_trigger(s, one, now));
            return true;
        },
        [](Session& s, Timestamp now) -> Result<bool> {
            TRY(auto one, flow::get_action(s, "core.null"));
            CHECK(flow::update_action(s, one, now));
            return true;
        },
        [](Session& s, Timestamp now) -> Result<bool> {
            TRY(auto one, flow::get_pack(s, "core"));
            CHECK(flow::update_pack(s, one, now));
            return true;
        }};
    for (const auto& one : changes) {
        const auto before = of(event_of_rule(rule));
        const auto on_trigger = of(event_of_trigger("core.timer_10s"));

        change(one);
        notice_changes();

        EXPECT_NE(of(event_of_rule(rule)), before);
        EXPECT_NE(of(event_of_trigger("core.timer_10s")), on_trigger);
    }
}

TEST_F(CompiledRulesTest, ReadAllAnewAfterAnAbsenceForWhichDeletionsAreForgotten) {
    const auto rule = world.add_rule("core.r", "core.timer_10s", "core.null");
    const auto gone = world.add_rule("core.gone", "core.timer_1m", "core.null");
    const auto before = of(event_of_rule(rule));

    change([&](Session& s, Timestamp now) { return flow::delete_rule(s, gone, now); });
    change([&](Session& s, Timestamp now) { return flow::forget_deletions(s, now + 1s, 100); });
    notice_changes();

    EXPECT_NE(of(event_of_rule(rule)), before);
}

/// Definitions that change while a batch is being decided.
class ChangeDuringDecision : public testing::Test {
protected:
    /// Records an event of a trigger and tells the matcher of it.
    EventId record(const std::string& trigger_ref) {
        Event event;
        event.id = {++last};
        event.trigger_ref = trigger_ref;
        event.created = world.clock.now();
        world.write([&](Session& session) { return flow::record_events(session, std::vector{event}); });
        return event.id;
    }
    void decide_while(std::function<void()> change) {
        world.db.before_write = std::move(change);
        world.bus.ring(Topic::events, {});
        world.start(Role::matcher);
        world.clock.run_until_idle();
    }
    std::string action_of(EventId event) {
        for (const auto& one : world.executions()) {
            if (one.event == event) return one.action_ref;
        }
        return "";
    }
    World world;
    std::int64_t last = 1'000'000;
};

TEST_F(ChangeDuringDecision, IsInForceForTheEventsThatItTouches) {
    const auto rule = world.add_rule("core.changed", "core.timer_10s", "core.null");
    world.add_rule("core.other", "core.timer_1m", "core.null");
    const auto touched = record("core.timer_10s");
    const auto untouched = record("core.timer_1m");

    decide_while([&] {
        world.write([&](Session& session) {
            auto changed = rule;
            changed.action_ref = "core.echo";
            return flow::update_rule(session, rule, changed, world.clock.now());
        });
    });

    EXPECT_EQ(action_of(touched), "core.echo");
    EXPECT_EQ(action_of(untouched), "core.null");
    EXPECT_EQ(world.executions().size(), 2U);
    for (const auto& event : world.events()) EXPECT_TRUE(event.decided_at);
}

TEST_F(ChangeDuringDecision, OfSomethingElseMakesNothingBeDecidedAgain) {
    const auto rule = world.add_rule("core.decided", "core.timer_10s", "core.null");
    const auto event = record("core.timer_10s");
    world.start(Role::matcher);
    world.clock.run_until_idle();
    const auto again = record("core.timer_10s");
    const auto writes = world.db.writes;

    world.db.before_write = [&] {
        world.write([&](Session& session) {
            auto elsewhere = rule;
            elsewhere.ref = "core.elsewhere";
            elsewhere.trigger_ref = "core.timer_hourly";
            return flow::create_rule(session, elsewhere, world.clock.now());
        });
    };
    world.bus.ring(Topic::events, {});
    world.clock.run_until_idle();

    EXPECT_EQ(action_of(event), "core.null");
    EXPECT_EQ(action_of(again), "core.null");
    EXPECT_EQ(world.db.writes - writes, 1) << "one decision";
}

} // namespace
} // namespace attune::test
