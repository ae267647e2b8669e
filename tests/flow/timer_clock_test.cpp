// What becomes of decisions when the clock goes back behind them.
#include "domain/trigger.hpp"
#include "flow/timer_commands.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::test {
namespace {

using testing::ElementsAre;

const QueryOf<Timer> kTimer{"test.clock_timer", "select {columns} from timer where rule_ref = 'core.hourly'"};
const QueryOf<TimerSkip> kRanges{"test.clock_ranges",
                                 "select {columns} from timer_skip where count > 0 order by first"};

class TimerClock : public testing::Test {
protected:
    TimerClock() {
        world.add_rule("core.hourly", "core.crontimer", "core.null", {{"expression", "0 * * * *"}});
        world.start(Role::timers);
    }
    Timer timer() {
        return *world.write([](Session& session) { return session.find<Timer>(kTimer); });
    }
    static std::string clock_time(Timestamp at) { return format_timestamp(at).substr(8, 5) + "h"; }
    std::vector<std::string> fired() {
        std::vector<std::string> out;
        for (const auto& event : world.events()) out.push_back(clock_time(*event.nominal));
        return out;
    }
    std::vector<std::string> ranges() {
        std::vector<std::string> out;
        for (const auto& one : world.write([](Session& s) { return s.all<TimerSkip>(kRanges); })) {
            out.push_back(fmt::format("{}..{} {}", clock_time(one.first), clock_time(one.last), one.count));
        }
        return out;
    }
    World world;
};

TEST_F(TimerClock, ARangeLeavesOutWhatHadFiredBeforeTheClockWentBack) {
    world.advance(5h); // fires at 1, 2, 3, 4 and 5 o'clock
    world.clock.step(-4h - 30min);
    world.advance(10s); // the cursor comes back to half past midnight
    world.crash(Role::timers);
    world.clock.step(7h); // what passes now is one misfire
    world.start(Role::timers);
    world.advance(10s);

    EXPECT_THAT(fired(), ElementsAre("01T01h", "01T02h", "01T03h", "01T04h", "01T05h", "01T07h"));
    EXPECT_THAT(ranges(), ElementsAre("01T06h..01T06h 1"));
    EXPECT_EQ(timer().missed, 1);
    const auto misfire = world.events().back().payload->as_object();
    EXPECT_EQ(misfire.at("missed_count"), json::value(1));
    EXPECT_EQ(misfire.at("first_missed"), json::value("2026-01-01T06:00:00.000000Z"));
}

TEST_F(TimerClock, WhatWasPassedOverAndIsToComeAgainIsNotCountedTwice) {
    world.crash(Role::timers);
    world.clock.step(10h);
    world.start(Role::timers);
    world.advance(10s); // 1 to 9 o'clock are missed, 10 o'clock fires
    world.clock.step(-9h - 30min);
    world.advance(10s);
    world.advance(4h);

    EXPECT_THAT(fired(), ElementsAre("01T10h", "01T01h", "01T02h", "01T03h", "01T04h"));
    EXPECT_THAT(ranges(), testing::IsEmpty());
    EXPECT_EQ(timer().missed, 0);
}

TEST_F(TimerClock, SkipNextPassesOverATimeThatHasNotFiredYet) {
    world.advance(5h);
    world.clock.step(-4h - 30min);
    world.advance(10s);
    const auto id = timer().id;
    const auto skipped =
        world.write([&](Session& session) { return flow::skip_next_fire(session, id, "ann", world.clock.now()); });
    world.bus.ring(Topic::timers, {});
    world.advance(7h);

    EXPECT_EQ(clock_time(skipped.nominal), "01T06h");
    EXPECT_THAT(fired(), ElementsAre("01T01h", "01T02h", "01T03h", "01T04h", "01T05h", "01T07h"));
}

TEST_F(TimerClock, ASkipThatWasWantedByAWrongClockEndsWithIt) {
    world.clock.step(48h);
    world.advance(10s);
    const auto id = timer().id;
    world.write([&](Session& session) { return flow::skip_next_fire(session, id, "ann", world.clock.now()); });
    world.bus.ring(Topic::timers, {});
    world.advance(10s);
    world.clock.step(-48h);
    world.advance(70min);

    EXPECT_THAT(fired(), ElementsAre("03T00h", "01T01h"));
}

TEST_F(TimerClock, AScheduleThatEndedUnderAWrongClockGoesOn) {
    world.add_rule("core.until_six", "core.crontimer", "core.null",
                   {{"expression", "0 * * * *"}, {"end_at", "2026-01-01T06:30:00Z"}});
    const auto of_rule = [&] {
        std::vector<std::string> out;
        for (const auto& event : world.events()) {
            if (event.rule_ref == "core.until_six") out.push_back(clock_time(*event.nominal));
        }
        return out;
    };
    const auto note = [&] {
        static const Query kNote{"test.clock_note", "select note from timer where rule_ref = 'core.until_six'"};
        return *world.write([](Session& s) { return s.scalar<std::optional<std::string>>(kNote); });
    };
    world.clock.step(20h);
    world.advance(10s); // one misfire, for six times
    ASSERT_THAT(of_rule(), ElementsAre("01T06h"));
    ASSERT_TRUE(note());
    world.clock.step(-20h);
    world.advance(10s);
    EXPECT_FALSE(note());
    world.advance(7h);

    EXPECT_THAT(of_rule(), ElementsAre("01T06h", "01T01h", "01T02h", "01T03h", "01T04h", "01T05h"));
    EXPECT_TRUE(note());
}

} // namespace
} // namespace attune::test
