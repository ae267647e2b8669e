#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::test {
namespace {

/// A scheduler that ends after so many steps of a firing, and another one after it.
class TimerCrash : public testing::TestWithParam<int> {};

TEST_P(TimerCrash, AtAnyStepOfAFiringLosesNothingAndDoublesNothing) {
    World world(7 + static_cast<std::uint64_t>(GetParam()));
    world.add_rule("core.tick", "core.intervaltimer", "core.null", {{"unit", "seconds"}, {"interval", 10}});
    const auto start = world.clock.now();
    world.start(Role::timers);
    world.clock.jump(10s);
    world.loop.restart();
    for (int i = 0; i < GetParam(); ++i) world.loop.poll_one();
    world.crash(Role::timers);
    world.start(Role::timers);
    world.advance(10s);

    std::vector<Timestamp> nominal;
    for (const auto& event : world.events()) nominal.push_back(*event.nominal);
    EXPECT_THAT(nominal, testing::ElementsAre(start + 10s, start + 20s));
}

INSTANTIATE_TEST_SUITE_P(Steps, TimerCrash, testing::Range(0, 60));

} // namespace
} // namespace attune::test
