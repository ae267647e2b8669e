#include "base/log.hpp"
#include "flow/calendars.hpp"
#include "flow/timer_rows.hpp"
#include "sim/timer_decisions.hpp"

#include <cstdlib>
#include <gtest/gtest.h>

namespace attune::test {
namespace {

constexpr std::uint64_t kBlocks = 10;

void expect_to_survive(std::uint64_t seed, const LifeScale& scale) {
    SCOPED_TRACE("ATTUNE_SEED=" + std::to_string(seed));
    TimerLife life(seed, scale);
    life.run();
    life.heal();
    for (const auto& one : life.contradictions) ADD_FAILURE() << one;
    for (const auto& timer : life.timers()) {
        SCOPED_TRACE("timer " + *timer.rule_ref);
        EXPECT_FALSE(timer.trouble) << *timer.trouble;
        EXPECT_TRUE(timer.armed);
        const auto due = life.world.write([&](Session& session) -> Result<std::optional<Timestamp>> {
            TRY(const auto compiled, flow::compile_schedule(session, timer.config));
            return logic::schedule::next_due(compiled, flow::state_of(timer));
        });
        EXPECT_TRUE(!due || *due > life.world.clock.now()) << "has been due since " << format_timestamp(*due);
        expect_one_decision_each(life, timer);
        if (testing::Test::HasFailure()) return; // one is enough to look into
    }
}

/// ATTUNE_SIM_SEED runs one seed, with its log; ATTUNE_SIM_SEEDS that many, or those from one number to another
/// ("2001-3000").
void live_through(std::uint64_t block, std::uint64_t usual, const LifeScale& scale) {
    if (const char* one = std::getenv("ATTUNE_SIM_SEED"); one != nullptr) {
        if (block == 0) expect_to_survive(std::strtoull(one, nullptr, 10), scale);
        return;
    }
    log::configure({.level = log::Level::off});
    std::uint64_t first = 1;
    std::uint64_t last = usual;
    if (const char* many = std::getenv("ATTUNE_SIM_SEEDS"); many != nullptr) {
        char* rest = nullptr;
        last = std::strtoull(many, &rest, 10);
        if (*rest == '-') first = std::exchange(last, std::strtoull(rest + 1, nullptr, 10));
    }
    for (auto seed = first + block; seed <= last && !testing::Test::HasFailure(); seed += kBlocks)
        expect_to_survive(seed, scale);
}

class TimerLives : public testing::TestWithParam<std::uint64_t> {};

TEST_P(TimerLives, DecideEveryNominalTimeOnceAroundAChangeOfTheClocks) {
    live_through(GetParam(), 50, window_scale());
}

TEST_P(TimerLives, DecideEveryNominalTimeOfAYearOnce) {
    live_through(GetParam(), 1, year_scale());
}

INSTANTIATE_TEST_SUITE_P(Seeds, TimerLives, testing::Range<std::uint64_t>(0, kBlocks));

} // namespace
} // namespace attune::test
