// Parts of the undecided events, for matchers that would get in each other's way.
#include "domain/event.hpp"
#include "flow/events.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::test {
namespace {

TEST(Stripes, HoldEachUndecidedEventOnceOldestFirst) {
    World world;
    std::vector<Event> events;
    for (std::int64_t id = 1; id <= 1000; ++id) {
        Event one;
        one.id = {id};
        one.trigger_ref = "core.timer_10s";
        one.created = world.clock.now();
        events.push_back(std::move(one));
    }
    world.write([&](Session& session) { return flow::record_events(session, events); });

    std::vector<std::int64_t> found;
    for (std::int64_t number = 0; number < 4; ++number) {
        const auto some =
            world.write([&](Session& session) { return flow::undecided_events(session, 2000, {4, number}); });
        EXPECT_TRUE(std::ranges::is_sorted(some, {}, &Event::id));
        EXPECT_GT(some.size(), 200U) << "of stripe " << number;
        for (const auto& one : some) found.push_back(one.id.value);
    }

    std::ranges::sort(found);
    EXPECT_EQ(found.size(), 1000U);
    EXPECT_EQ(std::ranges::adjacent_find(found), found.end());
}

} // namespace
} // namespace attune::test
