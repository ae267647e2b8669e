#include "base/text.hpp"

#include <gtest/gtest.h>

namespace attune {
namespace {

TEST(Text, ReadsAnIntegerThatIsTheWholeText) {
    EXPECT_EQ(parse_integer("12"), 12);
    EXPECT_EQ(parse_integer("-3"), -3);
    EXPECT_EQ(parse_integer("9223372036854775807"), 9'223'372'036'854'775'807);
    for (const auto* other : {"", "-", "+1", " 1", "1 ", "1x", "1.0", "0x1", "9223372036854775808"})
        EXPECT_EQ(parse_integer(other), std::nullopt) << other;
}

} // namespace
} // namespace attune
