#include "runtime/service_group.hpp"

#include "support/fake_clock.hpp"

#include <gtest/gtest.h>

namespace attune::test {
namespace {

class ServiceGroupTest : public testing::Test {
protected:
    asio::io_context loop;
    FakeClock clock{loop, Timestamp{}};
    ServiceGroup group{loop.get_executor(), clock};
};

TEST_F(ServiceGroupTest, StopsWhatSleeps) {
    group.spawn_once("sleeper", [](Clock& at) -> task<void> { co_await at.sleep_for(std::chrono::hours(1)); }(clock));
    clock.run_until_idle();
    ASSERT_EQ(group.size(), 1U);
    group.request_stop();
    clock.run_until_idle();
    EXPECT_EQ(group.size(), 0U);
}

TEST_F(ServiceGroupTest, StopsWhatAMemberStartsAfterTheStop) {
    const auto sleeper = [](Clock& at) -> task<void> { co_await at.sleep_for(std::chrono::hours(1)); };
    group.spawn_once("parent", [](ServiceGroup& in, Clock& at, auto child) -> task<void> {
        in.spawn_once("child", child(at));
        co_await at.sleep_for(std::chrono::hours(1));
    }(group, clock, sleeper));
    group.request_stop(); // before the parent has run at all
    clock.run_until_idle();
    EXPECT_EQ(group.size(), 0U);
}

TEST_F(ServiceGroupTest, StopsWhatIsSpawnedIntoAStoppedGroup) {
    group.request_stop();
    group.spawn_once("late", [](Clock& at) -> task<void> { co_await at.sleep_for(std::chrono::hours(1)); }(clock));
    clock.run_until_idle();
    EXPECT_EQ(group.size(), 0U);
}

TEST_F(ServiceGroupTest, StartsAFailedServiceAgainAfterASecond) {
    int starts = 0;
    group.spawn("service", [&]() -> task<void> {
        ++starts;
        throw std::runtime_error("broken");
        co_return;
    });
    clock.run_until_idle();
    EXPECT_EQ(starts, 1);
    clock.advance(std::chrono::seconds(1));
    EXPECT_EQ(starts, 2);
    group.request_stop();
    clock.run_until_idle();
    EXPECT_EQ(group.size(), 0U);
}

} // namespace
} // namespace attune::test
