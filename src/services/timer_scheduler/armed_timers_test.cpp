#include "services/timer_scheduler/armed_timers.hpp"

#include "domain/trigger.hpp"

#include <gmock/gmock.h>
#include <random>

namespace attune::services {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Timestamp kStart = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};

Timer every(std::int64_t seconds, std::int64_t id) {
    Timer timer;
    timer.id = {id};
    timer.rule_ref = fmt::format("pack.rule_{}", id);
    timer.trigger_ref = "core.intervaltimer";
    timer.config = {{"type", "interval"}, {"seconds", seconds}};
    timer.anchor = timer.cursor = kStart;
    return timer;
}

TEST(ArmedTimers, GivesThoseThatAreDueTheEarliestFirst) {
    ArmedTimers timers;
    for (const auto& timer : {every(30, 1), every(10, 2), every(20, 3), every(60, 4)}) ASSERT_TRUE(timers.put(timer));

    EXPECT_EQ(timers.next_deadline(), kStart + 10s);
    EXPECT_THAT(timers.due(kStart + 30s, 10), ElementsAre(TimerId{2}, TimerId{3}, TimerId{1}));
    EXPECT_THAT(timers.due(kStart + 30s, 1), ElementsAre(TimerId{2}));
    EXPECT_THAT(timers.due(kStart + 9s, 10), IsEmpty());
}

TEST(ArmedTimers, GivesBackWhatWasPutWithItsSchedule) {
    ArmedTimers timers;
    auto timer = every(30, 1);
    timer.fired = 12;
    ASSERT_TRUE(timers.put(timer));

    const auto found = timers.find({1});

    ASSERT_TRUE(found);
    EXPECT_EQ(to_json(found->timer), to_json(timer));
    EXPECT_EQ(found->schedule->next(kStart, kStart), kStart + 30s);
    EXPECT_FALSE(timers.find({2}));
}

TEST(ArmedTimers, MovesTheDeadlineOfATimerThatIsPutAgain) {
    ArmedTimers timers;
    auto timer = every(30, 1);
    ASSERT_TRUE(timers.put(timer));

    timer.cursor = kStart + 30s;
    ASSERT_TRUE(timers.put(timer));

    EXPECT_EQ(timers.next_deadline(), kStart + 60s);
    EXPECT_EQ(timers.size(), 1U);
    EXPECT_EQ(timers.waiting(), 1U);
}

TEST(ArmedTimers, KeepsATimerThatWillNotFireWithoutADeadline) {
    ArmedTimers timers;
    auto timer = every(30, 1);
    timer.config["max_fires"] = 3;
    ASSERT_TRUE(timers.put(timer));

    timer.fired = 3;
    ASSERT_TRUE(timers.put(timer));

    EXPECT_EQ(timers.next_deadline(), std::nullopt);
    EXPECT_EQ(timers.waiting(), 0U);
    EXPECT_EQ(timers.size(), 1U);
    EXPECT_TRUE(timers.find({1}));
}

TEST(ArmedTimers, HoldsNothingOfATimerWhoseConfigurationIsWrong) {
    ArmedTimers timers;
    auto timer = every(30, 1);
    ASSERT_TRUE(timers.put(timer));

    timer.config["seconds"] = -1;
    const auto done = timers.put(timer);

    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().field, "seconds");
    EXPECT_FALSE(timers.find({1}));
    EXPECT_EQ(timers.waiting(), 0U);
}

TEST(ArmedTimers, NamesThoseWhoseCursorIsAheadUntilTheyArePulledBack) {
    ArmedTimers timers;
    auto ahead = every(10, 2);
    ahead.cursor = kStart + 24h;
    for (const auto& timer : {every(30, 1), ahead, every(86'400 * 3, 3)}) ASSERT_TRUE(timers.put(timer));

    EXPECT_THAT(timers.with_cursor_after(kStart + 24h), IsEmpty());
    EXPECT_THAT(timers.with_cursor_after(kStart + 3h), ElementsAre(TimerId{2}));
    EXPECT_THAT(timers.with_cursor_after(kStart + 3h), ElementsAre(TimerId{2}));

    ahead.cursor = kStart;
    ASSERT_TRUE(timers.put(ahead));

    EXPECT_THAT(timers.with_cursor_after(kStart + 3h), IsEmpty());
}

TEST(ArmedTimers, NamesThoseWhoseScheduleEndedAheadOfTheClockToo) {
    ArmedTimers timers;
    auto ended = every(10, 2);
    ended.config["end_at"] = format_timestamp(kStart + 23h);
    ended.cursor = kStart + 23h;
    ASSERT_TRUE(timers.put(ended));
    ASSERT_EQ(timers.next_deadline(), std::nullopt);

    EXPECT_THAT(timers.with_cursor_after(kStart + 3h), ElementsAre(TimerId{2}));
}

TEST(ArmedTimers, CompilesASharedConfigurationOnce) {
    int compiled = 0;
    ArmedTimers timers([&](const json::object& config) {
        ++compiled;
        return logic::schedule::Schedule::compile(config);
    });
    for (std::int64_t id = 1; id <= 100; ++id) ASSERT_TRUE(timers.put(every(30, id)));

    EXPECT_EQ(compiled, 1);
}

TEST(ArmedTimers, FindsAllOfManyAfterRandomAddingAndRemoving) {
    ArmedTimers timers;
    std::mt19937 random(1);
    std::map<std::int64_t, std::int64_t> known; // id to seconds
    for (int change = 0; change < 20'000; ++change) {
        const auto id = static_cast<std::int64_t>(random() % 3000) + 1;
        if (random() % 3 == 0) {
            timers.erase({id});
            known.erase(id);
        } else {
            known[id] = static_cast<std::int64_t>(random() % 50) + 1;
            ASSERT_TRUE(timers.put(every(known[id], id)));
        }
    }

    ASSERT_EQ(timers.size(), known.size());
    ASSERT_EQ(timers.due(kStart + 60s, 10'000).size(), known.size());
    for (std::int64_t id = 1; id <= 3000; ++id) {
        const auto found = timers.find({id});
        ASSERT_EQ(found.has_value(), known.contains(id)) << id;
        if (found) ASSERT_EQ(found->timer.config, every(known[id], id).config);
    }
}

} // namespace
} // namespace attune::services
