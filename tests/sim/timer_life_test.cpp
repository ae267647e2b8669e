#include "base/log.hpp"
#include "flow/timer_rows.hpp"
#include "sim/timer_life.hpp"

#include <cstdlib>
#include <gtest/gtest.h>

namespace attune::test {
namespace {

const QueryOf<TimerSkip> kLifeSkips{"test.life_skips",
                                    "select {columns} from timer_skip where timer = $1 and count > 0 order by first"};

constexpr int kSteps = 60;
constexpr std::uint64_t kSeedsInBlock = 20;

/// What was decided about one timer.
struct Decided {
    std::set<Timestamp> fired; ///< by the scheduler
    std::set<Timestamp> backfilled;
    std::int64_t manual = 0;
    std::vector<TimerSkip> ranges;

    std::int64_t ranges_over(Timestamp at) const {
        return std::ranges::count_if(ranges, [&](const TimerSkip& s) { return s.first <= at && at <= s.last; });
    }
};

Decided decided_about(TimerLife& life, const Timer& timer, const std::vector<Event>& events) {
    Decided out;
    for (const auto& event : events) {
        if (event.timer != timer.id) continue;
        const auto reason = std::string(event.payload->at("reason").as_string());
        if (reason == "manual") {
            ++out.manual;
            EXPECT_FALSE(event.nominal);
            continue;
        }
        EXPECT_GE(event.created, *event.nominal) << "fired early";
        EXPECT_TRUE((reason == "backfill" ? out.backfilled : out.fired).insert(*event.nominal).second)
            << "fired twice: " << format_timestamp(*event.nominal);
        EXPECT_FALSE(out.fired.contains(*event.nominal) && out.backfilled.contains(*event.nominal));
    }
    out.ranges = life.world.write([&](Session& s) { return s.all<TimerSkip>(kLifeSkips, timer.id); });
    return out;
}

/// Every nominal time of the timer has one decision: it fired, or it is in one range, and only what is in a range, or
/// in no series, was backfilled.
void expect_one_decision_each(TimerLife& life, const Timer& timer, const Decided& decided) {
    for (const auto& series : life.series_of(timer)) {
        const auto compiled = logic::schedule::Schedule::compile(series.config);
        ASSERT_TRUE(compiled);
        for (auto at = compiled->next(series.from, series.anchor); at && *at <= series.to;
             at = compiled->next(*at, series.anchor)) {
            const auto fired = std::int64_t{decided.fired.contains(*at)};
            EXPECT_EQ(fired + decided.ranges_over(*at), 1)
                << *timer.rule_ref << " has " << fired << " firings and " << decided.ranges_over(*at) << " ranges at "
                << format_timestamp(*at) << " of " << to_text(series.config);
            EXPECT_FALSE(fired == 1 && decided.backfilled.contains(*at));
        }
    }
}

void expect_counters(TimerLife& life, const Timer& timer, const Decided& decided) {
    EXPECT_EQ(timer.manual, decided.manual);
    EXPECT_EQ(timer.backfilled, static_cast<std::int64_t>(decided.backfilled.size()));
    if (life.was_edited(timer)) return; // its counter of firings began anew
    EXPECT_EQ(timer.fired, static_cast<std::int64_t>(decided.fired.size())) << *timer.rule_ref;
    std::int64_t passed = 0;
    for (const auto& range : decided.ranges) passed += range.count;
    EXPECT_EQ(timer.missed + timer.skipped + timer.dropped, passed) << *timer.rule_ref;
}

void expect_to_survive(std::uint64_t seed) {
    SCOPED_TRACE("ATTUNE_SEED=" + std::to_string(seed));
    TimerLife life(seed);
    life.run(kSteps);
    life.heal();
    for (const auto& one : life.contradictions) ADD_FAILURE() << one;
    const auto events = life.world.events();
    for (const auto& timer : life.timers()) {
        SCOPED_TRACE("timer " + *timer.rule_ref);
        EXPECT_FALSE(timer.trouble);
        EXPECT_TRUE(timer.armed);
        const auto due =
            logic::schedule::next_due(*logic::schedule::Schedule::compile(timer.config), flow::state_of(timer));
        EXPECT_TRUE(!due || *due > life.world.clock.now()) << "has been due since " << format_timestamp(*due);
        const auto decided = decided_about(life, timer, events);
        expect_one_decision_each(life, timer, decided);
        expect_counters(life, timer, decided);
    }
}

/// ATTUNE_SEED runs one seed; ATTUNE_SEEDS that many.
class TimerLives : public testing::TestWithParam<std::uint64_t> {};

TEST_P(TimerLives, DecideEveryNominalTimeOnce) {
    if (const char* one = std::getenv("ATTUNE_SEED"); one != nullptr) { // with its log
        if (GetParam() == 0) expect_to_survive(std::strtoull(one, nullptr, 10));
        return;
    }
    log::configure({.level = log::Level::off});
    const char* many = std::getenv("ATTUNE_SEEDS");
    const auto count = many == nullptr ? kSeedsInBlock : std::strtoull(many, nullptr, 10) / 10;
    for (std::uint64_t i = 0; i < count; ++i) {
        expect_to_survive(1 + GetParam() * count + i);
        if (HasFailure()) return; // one seed is enough to look into
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, TimerLives, testing::Range<std::uint64_t>(0, 10));

} // namespace
} // namespace attune::test
