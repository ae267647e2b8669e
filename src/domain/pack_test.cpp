#include "domain/pack.hpp"

#include <gtest/gtest.h>

namespace attune {
namespace {

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
