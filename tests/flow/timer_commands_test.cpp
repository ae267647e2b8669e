#include "domain/trigger.hpp"
#include "flow/backfill.hpp"
#include "flow/timer_commands.hpp"
#include "flow/timers.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::test {
namespace {

using testing::ElementsAre;

const QueryOf<Timer> kTheTimer{"test.the_timer", "select {columns} from timer order by id limit 1"};
const QueryOf<TimerSkip> kAllSkips{"test.all_skips", "select {columns} from timer_skip order by first"};

class TimerCommands : public testing::Test {
protected:
    World world;

    void add_timer(json::object params = {}, const char* trigger = "core.crontimer") {
        if (std::string_view(trigger) == "core.crontimer" && !params.contains("expression")) {
            params["expression"] = "* * * * *";
        }
        world.add_rule("core.tick", trigger, "core.null", std::move(params));
        world.clock.run_until_idle();
    }
    Timer timer() {
        return *world.write([](Session& session) { return session.find<Timer>(kTheTimer); });
    }
    template <class F>
    auto tell(F command) {
        const auto id = timer().id;
        auto out = world.write([&](Session& session) { return command(session, id, world.clock.now()); });
        world.bus.ring(Topic::timers, {});
        world.bus.ring(Topic::events, {});
        world.clock.run_until_idle();
        return out;
    }
    void pause(std::optional<Timestamp> until = {}) {
        tell([&](Session& s, TimerId id, Timestamp now) {
            return flow::pause_timer(s, id, "moving house", until, now);
        });
    }
    void resume() {
        tell([](Session& s, TimerId id, Timestamp now) { return flow::resume_timer(s, id, now); });
    }
    Timestamp skip_next() {
        return tell([](Session& s, TimerId id, Timestamp now) { return flow::skip_next_fire(s, id, "ann", now); })
            .nominal;
    }
    void fire_now() {
        static std::int64_t next = 5'000'000;
        tell([](Session& s, TimerId id, Timestamp now) {
            return flow::fire_timer_now(s, id, EventId{++next}, "ann", now);
        });
    }
    flow::Backfill backfill(const char* from, const char* to) {
        static std::int64_t next = 6'000'000;
        std::vector<EventId> ids;
        for (int i = 0; i < 100; ++i) ids.push_back(EventId{++next});
        return tell([&](Session& s, TimerId id, Timestamp now) {
            return flow::run_backfill(s, id, *parse_timestamp(from), *parse_timestamp(to), ids, "ann", now);
        });
    }
    /// "00:01 normal", by nominal time.
    std::vector<std::string> fired() {
        std::vector<std::string> out;
        for (const auto& event : world.events()) {
            out.push_back(fmt::format("{} {}", event.nominal ? time_of(*event.nominal) : "now",
                                      std::string_view(event.payload->at("reason").as_string())));
        }
        std::ranges::sort(out);
        return out;
    }
    std::vector<std::string> skips() {
        std::vector<std::string> out;
        for (const auto& one : world.write([](Session& s) { return s.all<TimerSkip>(kAllSkips); })) {
            out.push_back(fmt::format("{}..{} {} {}", time_of(one.first), time_of(one.last), one.count, one.reason));
        }
        return out;
    }
    static std::string time_of(Timestamp at) { return format_timestamp_short(at).substr(11, 5); }
};

TEST_F(TimerCommands, APauseHoldsBackAndIsRecordedWhenItEnds) {
    world.start_all();
    add_timer();
    world.advance(90s);
    pause();
    world.advance(3min);
    EXPECT_THAT(fired(), ElementsAre("00:01 normal"));
    resume();
    world.advance(1min);

    EXPECT_THAT(fired(), ElementsAre("00:01 normal", "00:05 normal"));
    EXPECT_THAT(skips(), ElementsAre("00:02..00:04 3 skipped: the timer was paused"));
    EXPECT_EQ(timer().skipped, 3);
    EXPECT_FALSE(timer().pause_note);
}

TEST_F(TimerCommands, APauseEndsByItself) {
    world.start_all();
    add_timer();
    pause(world.clock.now() + 150s);
    EXPECT_EQ(timer().pause_note, "moving house");
    world.advance(4min);

    EXPECT_THAT(fired(), ElementsAre("00:03 normal", "00:04 normal"));
    EXPECT_THAT(skips(), ElementsAre("00:01..00:02 2 skipped: the timer was paused"));
}

TEST_F(TimerCommands, APauseEndsByItselfAlsoWhenNobodyWasThere) {
    world.start_all();
    add_timer();
    pause(world.clock.now() + 150s);
    world.crash(Role::timers);
    world.advance(4min);
    world.start(Role::timers);
    world.advance(1s);

    EXPECT_FALSE(timer().paused);
    EXPECT_THAT(skips(), ElementsAre("00:01..00:04 4 skipped: the timer was paused"));
}

TEST_F(TimerCommands, AnEditAndADisablementDoNotEndAPause) {
    world.start_all();
    add_timer();
    pause();
    world.set_enabled("core.tick", false);
    world.set_enabled("core.tick", true);
    world.advance(3min);
    EXPECT_TRUE(fired().empty());
    resume();
    world.advance(1min);

    EXPECT_THAT(fired(), ElementsAre("00:04 normal"));
}

TEST_F(TimerCommands, OnResumeDecidesWhatADisabledRuleMissed) {
    world.start_all();
    add_timer({{"on_resume", "fire_all"}});
    world.set_enabled("core.tick", false);
    world.advance(3min);
    world.set_enabled("core.tick", true);
    world.advance(1min);

    EXPECT_THAT(fired(), ElementsAre("00:01 misfire", "00:02 misfire", "00:03 misfire", "00:04 normal"));
    EXPECT_TRUE(skips().empty());
}

TEST_F(TimerCommands, AnOutageIsNoPause) {
    world.start_all();
    add_timer();
    world.crash(Role::timers);
    world.advance(3min);
    world.start(Role::timers);
    world.advance(1s);

    EXPECT_THAT(fired(), ElementsAre("00:03 misfire"));
    EXPECT_THAT(skips(), ElementsAre("00:01..00:02 2 missed: several times passed unattended; one run stands for all"));
    EXPECT_EQ(timer().missed, 2);
}

TEST_F(TimerCommands, FiresNowAlsoWhilePausedAndMovesNothing) {
    world.start_all();
    add_timer();
    pause();
    fire_now();
    world.advance(1s);

    EXPECT_THAT(fired(), ElementsAre("now manual"));
    EXPECT_EQ(world.executions().size(), 1U);
    EXPECT_EQ(timer().manual, 1);
    EXPECT_EQ(timer().fired, 0);
    EXPECT_EQ(world.events().at(0).payload->at("by").as_string(), "ann");
}

TEST_F(TimerCommands, FiringAtTheVeryMomentOfANominalTimeTakesNothingFromIt) {
    add_timer();
    world.advance(1min);
    fire_now();
    world.start_all();
    world.advance(1s);

    EXPECT_THAT(fired(), ElementsAre("00:01 normal", "now manual"));
}

TEST_F(TimerCommands, SkipsTheNextTimeAndNoOther) {
    world.start_all();
    add_timer();
    EXPECT_EQ(time_of(skip_next()), "00:01");
    EXPECT_EQ(time_of(skip_next()), "00:02");
    world.advance(3min);

    EXPECT_THAT(fired(), ElementsAre("00:03 normal"));
    EXPECT_THAT(skips(), ElementsAre("00:01..00:01 1 skipped: ann wanted it", "00:02..00:02 1 skipped: ann wanted it"));
}

TEST_F(TimerCommands, ASkippedTimeFarAheadIsNoClockThatWentBack) {
    world.start_all();
    add_timer({{"expression", "0 4,5 * * *"}});
    skip_next();
    world.advance(5h + 1min);

    EXPECT_THAT(fired(), ElementsAre("05:00 normal"));
}

TEST_F(TimerCommands, BackfillsWhatWasPassedOverOnce) {
    world.start_all();
    add_timer();
    pause();
    world.advance(3min);
    resume();
    world.advance(1min);
    const auto first = backfill("2026-01-01T00:02:00Z", "2026-01-01T00:10:00Z");
    EXPECT_EQ(first.nominal.size(), 2U);
    EXPECT_EQ(first.recorded, 1);
    ASSERT_EQ(first.refused.size(), 1U);
    EXPECT_EQ(format_timestamp_short(first.refused[0].from), "2026-01-01T00:04:00.000001Z");
    EXPECT_EQ(backfill("2026-01-01T00:02:00Z", "2026-01-01T00:04:00Z").recorded, 2);
    world.advance(1s);

    EXPECT_THAT(fired(), ElementsAre("00:02 backfill", "00:03 backfill", "00:04 normal"));
    EXPECT_EQ(timer().backfilled, 2);
    EXPECT_EQ(world.executions().size(), 3U);
}

TEST_F(TimerCommands, ABackfillRefusesWhatRetentionHasForgotten) {
    world.start_all();
    add_timer();
    world.advance(5min);
    world.write([](Session& session) {
        return session.run_text("update timer set forgotten = '2026-01-01T00:02:00.000000Z'", {}, nullptr);
    });
    world.write([](Session& session) { return session.run_text("delete from event", {}, nullptr); });
    const auto done = backfill("2026-01-01T00:00:00Z", "2026-01-01T00:05:00Z");

    ASSERT_EQ(done.refused.size(), 1U);
    EXPECT_THAT(done.refused[0].reason, testing::HasSubstr("retention"));
    EXPECT_THAT(fired(), ElementsAre("00:03 backfill", "00:04 backfill"));
}

TEST_F(TimerCommands, AClockThatWentFarBackFiresNothingTwiceAndLosesNothing) {
    world.start_all();
    add_timer();
    world.advance(90s);
    world.clock.step(10h);
    world.advance(1min); // 10:01 or so runs for all that passed
    world.clock.step(-10h);
    world.advance(3min);

    auto times = fired();
    EXPECT_EQ(std::ranges::unique(times).size(), 0U);
    EXPECT_THAT(fired(), testing::Contains("00:04 normal"));
    EXPECT_THAT(fired(), testing::Contains("00:05 normal"));
    EXPECT_EQ(timer().fired, static_cast<std::int64_t>(times.size()));
}

} // namespace
} // namespace attune::test
