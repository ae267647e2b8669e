#include "domain/execution.hpp"
#include "domain/pack.hpp"

#include <boost/mp11/algorithm.hpp>
#include <gtest/gtest.h>

namespace attune {
namespace {

TEST(ExecutionStates, NothingLeavesAFinalState) {
    for (const auto from : enum_names<ExecutionStatus>()) {
        for (const auto to : enum_names<ExecutionStatus>()) {
            const auto status = *parse_enum<ExecutionStatus>(from);
            if (is_final(status)) EXPECT_FALSE(may_become(status, *parse_enum<ExecutionStatus>(to))) << from << to;
        }
    }
}

TEST(ExecutionStates, EveryOtherStateReachesAFinalOne) {
    using enum ExecutionStatus;
    for (const auto from : {requested, scheduling, scheduled, running, canceling})
        EXPECT_TRUE(may_become(from, cancelled));
}

TEST(Refs, AreCheckedByShape) {
    EXPECT_TRUE(is_pack_ref("core"));
    EXPECT_FALSE(is_pack_ref("Core"));
    EXPECT_FALSE(is_pack_ref("1core"));
    EXPECT_TRUE(is_component_ref("core.timer_10s"));
    for (const auto* bad : {"core", "core.", ".echo", "core.a.b", "core.Echo", "core. x", ""})
        EXPECT_FALSE(is_component_ref(bad)) << bad;
}

} // namespace
} // namespace attune
