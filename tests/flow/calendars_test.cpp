#include "domain/calendar.hpp"
#include "domain/event.hpp"
#include "domain/rule.hpp"
#include "domain/trigger.hpp"
#include "flow/calendars.hpp"
#include "flow/generation.hpp"
#include "flow/timer_commands.hpp"
#include "flow/timer_ranges.hpp"
#include "support/world.hpp"

#include <gtest/gtest.h>

namespace attune::test {
namespace {

/// Timers follow their calendars at once, and what a calendar keeps free is not missed.
class Calendars : public testing::Test {
protected:
    Calendars() {
        world.start(Role::timers);
        world.write([&](Session& session) -> Result<bool> {
            Calendar calendar;
            calendar.ref = "core.closed";
            calendar.label = "Closed";
            calendar.definition = from("2026-01-01T02:30", "2026-01-01T05:30");
            CHECK(flow::create_calendar(session, calendar, world.clock.now()));
            return true;
        });
        world.add_rule("core.hourly", "core.intervaltimer", "core.null",
                       {{"unit", "hours"}, {"interval", 1}, {"calendars", json::array{"core.closed"}}});
        world.clock.run_until_idle();
    }
    World world;

    static json::object from(const char* begin, const char* end) {
        return {{"ranges", json::array{json::object{{"from", begin}, {"to", end}}}}};
    }
    void change(json::object definition) {
        world.write([&](Session& session) -> Result<bool> {
            TRY(const auto before, flow::get_calendar(session, "core.closed"));
            auto after = before;
            after.definition = definition;
            CHECK(flow::update_calendar(session, before, after, world.clock.now()));
            return true;
        });
        world.bus.ring(Topic::timers, {});
        world.clock.run_until_idle();
    }
    /// Hours after the start at which it fired.
    std::vector<int> hours() {
        std::vector<int> out;
        for (const auto& event : world.events()) {
            EXPECT_EQ(event.created, *event.nominal);
            const auto since = *event.nominal - *parse_timestamp("2026-01-01T00:00:00Z");
            out.push_back(static_cast<int>(since / 1h));
        }
        return out;
    }
    Timer timer() {
        static const QueryOf<Timer> kOnly{"test.only_timer", "select {columns} from timer"};
        return *world.write([&](Session& session) { return session.find<Timer>(kOnly); });
    }
    Result<flow::SkippedNext> flow_skip_next() {
        std::optional<Result<flow::SkippedNext>> out;
        world.write([&](Session& session) -> Result<bool> {
            out = flow::skip_next_fire(session, timer_id_, "ann", world.clock.now());
            return true;
        });
        return *std::move(out);
    }
    /// The time that is skipped.
    std::string skip_next() {
        timer_id_ = timer().id;
        const auto done = flow_skip_next();
        EXPECT_TRUE(done) << done.error().text();
        world.bus.ring(Topic::timers, {});
        world.clock.run_until_idle();
        return done ? format_timestamp_short(done->nominal) : "";
    }
    TimerId timer_id_;
    using Hours = std::vector<int>;
};

TEST_F(Calendars, KeepTimesFreeThatAreNotMissed) {
    world.advance(8h);
    EXPECT_EQ(hours(), (Hours{1, 2, 6, 7, 8}));
    EXPECT_EQ(timer().missed + timer().skipped + timer().dropped, 0);
}

TEST_F(Calendars, AreInForceAsSoonAsTheyChange) {
    world.advance(1h + 1min);
    change(from("2026-01-01T01:30", "2026-01-01T03:30"));
    world.advance(4h);
    EXPECT_EQ(hours(), (Hours{1, 4, 5}));
}

TEST_F(Calendars, AreInForceForATimerThatIsDecidedAgainBecauseTheyChanged) {
    world.advance(2h);
    world.crash(Role::timers);
    world.advance(4h + 1min);
    // By the old calendar, 06:00 has been planned already.
    world.db.before_write = [&] {
        world.write([&](Session& session) -> Result<bool> {
            TRY(const auto before, flow::get_calendar(session, "core.closed"));
            auto after = before;
            after.definition = from("2026-02-01", "2026-02-02");
            CHECK(flow::update_calendar(session, before, after, world.clock.now()));
            return true;
        });
    };
    world.start(Role::timers);
    world.clock.run_until_idle();

    ASSERT_EQ(world.events().size(), 3U);
    EXPECT_EQ(*world.events().back().nominal, *parse_timestamp("2026-01-01T06:00:00Z"));
    EXPECT_EQ(timer().missed, 3); // what it kept free until then
}

TEST_F(Calendars, GiveNothingBackThatTheyKeptFree) {
    world.advance(4h + 10min);
    change(from("2026-02-01", "2026-02-02"));
    world.advance(2h);
    EXPECT_EQ(hours(), (Hours{1, 2, 5, 6}));
    EXPECT_EQ(timer().missed + timer().skipped + timer().dropped, 0);
}

TEST_F(Calendars, GiveNothingBackOfAPauseEither) {
    world.advance(2h + 1min);
    const auto id = timer().id;
    world.write([&](Session& session) { return flow::pause_timer(session, id, {}, {}, world.clock.now()); });
    world.bus.ring(Topic::timers, {});
    world.advance(3h);
    change(from("2026-02-01", "2026-02-02"));
    world.write([&](Session& session) { return flow::resume_timer(session, id, world.clock.now()); });
    world.bus.ring(Topic::timers, {});
    world.advance(1h);
    EXPECT_EQ(hours(), (Hours{1, 2, 6}));
    EXPECT_EQ(timer().skipped, 0);
}

TEST_F(Calendars, OfAPackAreInstalledAndBroughtUpToDateWithIt) {
    const auto install = [&](json::object definition) {
        logic::packs::PackDefinition pack;
        Calendar calendar;
        calendar.ref = "ops.closed";
        calendar.pack_ref = pack.pack.ref = pack.pack.label = "ops";
        calendar.label = "Closed";
        calendar.definition = std::move(definition);
        pack.calendars.push_back(calendar);
        Rule rule;
        rule.ref = "ops.hourly";
        rule.trigger_ref = "core.intervaltimer";
        rule.action_ref = "core.null";
        rule.trigger_params = {{"unit", "hours"}, {"interval", 1}, {"calendars", json::array{"ops.closed"}}};
        pack.rules.push_back(rule);
        const auto now = world.clock.now();
        return world.write([&](Session& session) { return flow::install_pack(session, pack, now); });
    };
    const auto fired = [&] { return std::ranges::count(world.events(), "ops.hourly", &Event::rule_ref); };
    EXPECT_TRUE(install({{"dates", json::array{"01-01"}}}).warnings.empty());
    world.advance(2h + 1min);
    EXPECT_EQ(fired(), 0);

    const auto generation = world.write([](Session& session) { return flow::current_generation(session); });
    install({{"dates", json::array{"01-01"}}});
    EXPECT_EQ(world.write([](Session& session) { return flow::current_generation(session); }), generation);
    install({{"dates", json::array{"01-02"}}});
    world.advance(2h);
    EXPECT_EQ(fired(), 2);
}

TEST_F(Calendars, OpenTimesBeforeOneThatWasSkippedAndTheseFire) {
    world.advance(2h + 1min);
    EXPECT_EQ(skip_next(), "2026-01-01T06:00:00Z");
    change(from("2026-01-01T03:30", "2026-01-01T04:30"));
    world.advance(6h);
    EXPECT_EQ(hours(), (Hours{1, 2, 3, 5, 7, 8}));
    EXPECT_EQ(timer().skipped, 1);
    EXPECT_EQ(timer().missed + timer().dropped, 0);
}

TEST_F(Calendars, OpenTimesBeforeOneThatWasSkippedAndTheseAreCaughtUpWithAlone) {
    world.advance(2h + 1min);
    EXPECT_EQ(skip_next(), "2026-01-01T06:00:00Z");
    world.crash(Role::timers);
    change(from("2026-02-01", "2026-02-02"));
    world.advance(6h);
    world.start(Role::timers);
    world.clock.run_until_idle();
    const auto all = world.events();
    ASSERT_EQ(all.size(), 4U);
    EXPECT_EQ(*all[2].nominal, *parse_timestamp("2026-01-01T05:00:00Z")); // stands for 03:00 and 04:00
    EXPECT_EQ(*all[3].nominal, *parse_timestamp("2026-01-01T08:00:00Z")); // for 07:00
    EXPECT_EQ(timer().skipped, 1);
    EXPECT_EQ(timer().missed, 3);
}

TEST_F(Calendars, OpenTimesBeforeOneThatWasSkippedAndRetentionPassesOverNoneOfThem) {
    static const QueryOf<TimerSkip> kAll{"test.ranges_of_calendars", "select {columns} from timer_skip"};
    world.advance(2h + 1min);
    skip_next();
    world.set_enabled("core.hourly", false);
    world.advance(5h);
    change(from("2026-01-01T03:30", "2026-01-01T04:30"));
    world.write([&](Session& session) -> Result<bool> {
        TRY(const auto ranges, session.all<TimerSkip>(kAll));
        CHECK(flow::forget_ranges(session, ranges, world.clock.now() + 1h));
        return true;
    });
    EXPECT_EQ(*timer().skipped_through, *parse_timestamp("2026-01-01T06:00:00Z"));
    EXPECT_LT(timer().cursor, *parse_timestamp("2026-01-01T03:00:00Z"));
}

TEST_F(Calendars, OpenTimesBetweenTwoThatWereSkippedAndTheseAreSkipped) {
    change(from("2026-01-01T03:30", "2026-01-01T05:30"));
    world.advance(2h + 1min);
    EXPECT_EQ(skip_next(), "2026-01-01T03:00:00Z");
    EXPECT_EQ(skip_next(), "2026-01-01T06:00:00Z");
    change(from("2026-02-01", "2026-02-02"));
    world.advance(6h);
    EXPECT_EQ(hours(), (Hours{1, 2, 7, 8}));
    EXPECT_EQ(timer().skipped, 4);
}

TEST_F(Calendars, WithdrawASkipOfATimeThatTheyClose) {
    change(from("2026-02-01", "2026-02-02"));
    world.advance(2h + 1min);
    EXPECT_EQ(skip_next(), "2026-01-01T03:00:00Z");
    change(from("2026-01-01T02:30", "2026-01-01T05:30"));
    EXPECT_EQ(timer().skipped, 0);
    world.advance(5h);
    EXPECT_EQ(hours(), (Hours{1, 2, 6, 7}));
}

TEST_F(Calendars, OpenTimesBeforeOneThatWasSkippedWhichCannotBeSkippedByThemselves) {
    world.advance(2h + 1min);
    skip_next();
    change(from("2026-02-01", "2026-02-02"));
    const auto refused = flow_skip_next();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    EXPECT_NE(refused.error().message.find("2026-01-01T06:00:00Z is skipped already"), std::string::npos);
    world.advance(3h);
    EXPECT_EQ(skip_next(), "2026-01-01T07:00:00Z");
    world.advance(4h);
    EXPECT_EQ(hours(), (Hours{1, 2, 3, 4, 5, 8, 9}));
    EXPECT_EQ(timer().skipped, 2);
}

TEST_F(Calendars, HoldAfterARestart) {
    world.crash(Role::timers);
    world.advance(4h);
    world.start(Role::timers);
    world.advance(3h);
    const auto all = world.events();
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(*all.front().nominal, *parse_timestamp("2026-01-01T02:00:00Z")); // stands for 01:00 as well
    EXPECT_EQ(*all.back().nominal, *parse_timestamp("2026-01-01T07:00:00Z"));
    EXPECT_FALSE(timer().trouble);
}

TEST_F(Calendars, ThatAllowNothingMoreEndATimerUntilTheyDo) {
    change({{"mode", "include"}, {"dates", json::array{"2025-01-01"}}});
    EXPECT_TRUE(timer().note);
    world.advance(3h + 1min);
    EXPECT_EQ(hours(), Hours{});
    change({{"mode", "include"}, {"dates", json::array{"01-01"}}});
    EXPECT_FALSE(timer().note);
    world.advance(1h);
    EXPECT_EQ(hours(), Hours{4});
}

} // namespace
} // namespace attune::test
