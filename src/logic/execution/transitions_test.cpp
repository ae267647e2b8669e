#include "logic/execution/transitions.hpp"

#include <gtest/gtest.h>

namespace attune::logic::execution {
namespace {

using enum ExecutionStatus;

std::vector<ExecutionStatus> all() {
    std::vector<ExecutionStatus> out;
    for (const auto name : enum_names<ExecutionStatus>()) out.push_back(*parse_enum<ExecutionStatus>(name));
    return out;
}

TEST(ExecutionStates, NothingLeavesAFinalState) {
    for (const auto from : all()) {
        for (const auto to : all()) {
            if (is_final(from)) EXPECT_FALSE(may_become(from, to)) << enum_name(from) << enum_name(to);
        }
    }
}

TEST(ExecutionStates, EveryOtherStateCanBeCancelled) {
    for (const auto from : all()) EXPECT_EQ(may_become(from, cancelled), !is_final(from)) << enum_name(from);
}

TEST(ExecutionStates, EveryStateIsReachedFromABirth) {
    StatusSet reached{requested, scheduled};
    for (std::size_t i = 0; i < all().size(); ++i) {
        for (const auto to : all()) {
            if ((before(to) & reached) != StatusSet{}) reached = reached | StatusSet{to};
        }
    }

    EXPECT_EQ(reached, unfinished() | ended());
}

TEST(ExecutionStates, NothingGoesBackToAnEarlierPhase) {
    for (const auto from : all()) {
        for (const auto to : all()) {
            if (may_become(from, to)) EXPECT_LE(phase_of(from), phase_of(to)) << enum_name(from) << enum_name(to);
        }
    }
}

TEST(ExecutionStates, AreOverExactlyWhenTheyAreFinal) {
    for (const auto one : all()) EXPECT_EQ(phase_of(one) == Phase::over, is_final(one)) << enum_name(one);
}

TEST(ExecutionStates, AreGroupedByPhase) {
    EXPECT_EQ(unstarted(), (StatusSet{requested, scheduling, scheduled}));
    EXPECT_EQ(holdable(), (StatusSet{scheduled, running, canceling}));
    EXPECT_EQ(before(canceling), StatusSet{running});
}

TEST(ExecutionStates, AChangeThatTheTableLacksIsADefect) {
    EXPECT_TRUE(check_change(scheduled, running));
    const auto wrong = check_change(completed, running);

    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, Errc::internal);
    EXPECT_EQ(wrong.error().message, "no execution goes from completed to running");
}

TEST(ExecutionStates, AnExecutionBeginsUnfinished) {
    for (const auto one : all())
        EXPECT_EQ(check_birth(one).has_value(), one == requested || one == scheduled) << enum_name(one);
}

} // namespace
} // namespace attune::logic::execution
