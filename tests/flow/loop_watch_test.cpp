#include "runtime/loop_watch.hpp"
#include "support/fake_clock.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace attune::test {
namespace {

class WatchedLoops : public testing::Test {
protected:
    asio::io_context own;
    asio::io_context loop; ///< runs when the test lets it
    FakeClock clock{own, *parse_timestamp("2026-01-01T00:00:00Z")};
    LoopWatch watch{clock};
};

TEST_F(WatchedLoops, AreWellWhileTheyAnswer) {
    watch.add("flow", loop.get_executor());
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(watch.trouble(), "");
        loop.poll();
        loop.restart();
        clock.advance(1min);
    }
}

TEST_F(WatchedLoops, HangWhenTheyHaveNotAnsweredForTenSeconds) {
    watch.add("flow", loop.get_executor());
    EXPECT_EQ(watch.trouble(), "");
    clock.advance(10s);
    EXPECT_EQ(watch.trouble(), "") << "it may be busy";
    clock.advance(2s);

    EXPECT_EQ(watch.trouble(), "the loop flow has not answered for 12s");
}

TEST_F(WatchedLoops, AreWellAgainOnceTheyAnswer) {
    watch.add("flow", loop.get_executor());
    watch.look();
    clock.advance(1min);
    EXPECT_NE(watch.trouble(), "");
    loop.poll();
    loop.restart();

    EXPECT_EQ(watch.trouble(), "");
    EXPECT_EQ(watch.look().front().delay, Duration{1min}) << "that of its last answer";
    loop.poll();
    EXPECT_EQ(watch.look().front().delay, Duration{0});
}

TEST_F(WatchedLoops, AreNotAccusedBecauseNobodyLookedForLong) {
    watch.add("flow", loop.get_executor());
    watch.look();
    loop.poll();
    loop.restart();
    clock.advance(1h);

    EXPECT_EQ(watch.trouble(), "");
}

} // namespace
} // namespace attune::test
