#include "domain/event.hpp"
#include "domain/trigger.hpp"
#include "flow/generation.hpp"
#include "flow/timers.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::test {
namespace {

const QueryOf<Timer> kTimerOf{"test.timer_of", "select {columns} from timer where rule_ref = $1"};

/// What changes is in force at once, and other timers do not notice.
class TimerReload : public testing::Test {
protected:
    TimerReload() {
        world.start(Role::timers);
        world.add_rule("core.steady", "core.intervaltimer", "core.null", every(10));
        world.clock.run_until_idle();
    }
    World world;

    static json::object every(int seconds) { return {{"unit", "seconds"}, {"interval", seconds}}; }
    std::int64_t fired(const std::string& rule) {
        return std::ranges::count(world.events(), std::optional(rule), &Event::rule_ref);
    }
    Timer timer(const std::string& rule) {
        return *world.write([&](Session& session) { return session.find<Timer>(kTimerOf, rule); });
    }
    void run_sql(std::string_view text) {
        world.write([&](Session& session) { return session.run_text(text, {}, nullptr); });
    }
    void edit(const std::string& rule, json::object params) {
        world.write([&](Session& session) -> Result<bool> {
            TRY(const auto before, flow::get_rule(session, rule));
            auto after = before;
            after.trigger_params = params;
            CHECK(flow::update_rule(session, before, after, world.clock.now()));
            return true;
        });
        world.bus.ring(Topic::timers, {});
    }
    void remove(const std::string& rule) {
        world.write([&](Session& session) -> Result<bool> {
            TRY(const auto row, flow::get_rule(session, rule));
            CHECK(flow::delete_rule(session, row, world.clock.now()));
            return true;
        });
        world.bus.ring(Topic::timers, {});
    }
};

TEST_F(TimerReload, AddsEditsAndDeletesWithinATenthOfASecond) {
    world.add_rule("core.other", "core.intervaltimer", "core.null", every(1));
    world.advance(1s + 100ms);
    EXPECT_EQ(fired("core.other"), 1);
    edit("core.other", every(3));
    world.advance(2900ms);
    EXPECT_EQ(fired("core.other"), 1);
    world.advance(200ms);
    EXPECT_EQ(fired("core.other"), 2);
    remove("core.other");
    world.advance(10s);
    EXPECT_EQ(fired("core.other"), 2);

    for (const auto& event : world.events()) {
        if (event.rule_ref != "core.steady") continue;
        EXPECT_EQ(event.created, *event.nominal);
        EXPECT_EQ((*event.nominal - *parse_timestamp("2026-01-01T00:00:00Z")) % 10s, 0s);
    }
    EXPECT_EQ(fired("core.steady"), 1);
}

TEST_F(TimerReload, FindsAChangeWhoseMessageWasLostAtTheNextSweep) {
    world.bus.drop = 1;
    world.add_rule("core.other", "core.intervaltimer", "core.null", every(1));
    world.advance(5s + 100ms);
    EXPECT_GT(fired("core.other"), 0);
    world.set_enabled("core.other", false);
    world.advance(1ms);
    const auto before = fired("core.other");
    world.advance(1min);

    // A scheduler that has not heard of it fires nothing all the same: the row says no.
    EXPECT_EQ(fired("core.other"), before);
}

TEST_F(TimerReload, ReadsEverythingWhenRetentionHasDeletedWhatItWouldHaveRead) {
    world.crash(Role::timers);
    services::TimerScheduler scheduler({world.clock, world.bus, world.db, world.random, world.ids, world.metrics}, {});
    const auto look = [&] {
        ServiceGroup group(world.loop.get_executor(), world.clock);
        group.spawn_once("look", [](services::TimerScheduler& one) -> task<void> {
            EXPECT_TRUE(co_await one.run_once());
        }(scheduler));
        world.clock.run_until_idle();
    };
    look();
    ASSERT_EQ(scheduler.armed(), 1U);
    remove("core.steady");
    const auto later = world.clock.now() + 1s;
    while (world.write([&](Session& session) { return flow::forget_deletions(session, later, 100); }) > 0) {}
    world.add_rule("core.other", "core.intervaltimer", "core.null", every(20));
    world.add_rule("core.third", "core.intervaltimer", "core.null", every(20));
    look();

    EXPECT_EQ(scheduler.armed(), 2U);
}

TEST_F(TimerReload, ShowsATimerThatCannotBeArmedAndArmsItWhenItCan) {
    run_sql("update timer set config = '{\"type\":\"cron\",\"expression\":\"* * * * *\",\"timezone\":\"Mars/Base\"}',"
            " revision = revision + 1, generation = 1000");
    run_sql("update instance set generation = 1000");
    world.advance(6s);
    EXPECT_THAT(timer("core.steady").trouble.value_or(""), testing::HasSubstr("timezone"));
    EXPECT_EQ(world.write([](Session& session) { return flow::unarmed_timers(session, 0); }).count, 1);
    edit("core.steady", every(7));
    world.advance(7s);

    EXPECT_FALSE(timer("core.steady").trouble);
    EXPECT_EQ(fired("core.steady"), 1);
}

TEST_F(TimerReload, RepairsWhatItDoesNotHoldAlthoughNobodySaidSo) {
    run_sql("update timer set config = '{\"type\":\"interval\",\"seconds\":2}', revision = revision + 1");
    world.advance(5s);
    world.advance(5s);

    EXPECT_GE(fired("core.steady"), 2);
}

TEST_F(TimerReload, ComputesAllDeadlinesAgainWhenTheZonesHaveChanged) {
    world.crash(Role::timers);
    bool changed = false;
    services::TimerScheduler scheduler(
        {world.clock, world.bus, world.db, world.random, world.ids},
        {.batch = 10, .page = 10, .zones_changed = [&] { return std::exchange(changed, false); }});
    ServiceGroup group(world.loop.get_executor(), world.clock);
    group.spawn("timers", [&] { return scheduler.run(); });
    world.advance(1s);
    // As if the same text meant something else from now on: neither revision nor generation tells.
    run_sql("update timer set config = '{\"type\":\"interval\",\"seconds\":2}'");
    world.advance(8s);
    EXPECT_EQ(fired("core.steady"), 0);
    changed = true;
    world.advance(12s);
    EXPECT_GE(fired("core.steady"), 4);
    EXPECT_TRUE(scheduler.proved());

    asio::post(world.loop, [&] { group.request_stop(); });
    while (group.size() > 0) world.clock.run_until_idle();
}

} // namespace
} // namespace attune::test
