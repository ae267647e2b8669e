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

TEST(Text, WritesBase64WithThePlainAlphabet) {
    EXPECT_EQ(base64_encode(""), "");
    EXPECT_EQ(base64_encode("f"), "Zg==");
    EXPECT_EQ(base64_encode("fo"), "Zm8=");
    EXPECT_EQ(base64_encode("foobar"), "Zm9vYmFy");
    EXPECT_EQ(base64_encode("\xfb\xff"), "+/8=");
}

TEST(Text, ReadsHexadecimalDigitsOfEitherCase) {
    EXPECT_EQ(hex_decode("00fFa1"), std::string("\0\xff\xa1", 3));
    EXPECT_EQ(hex_decode(""), "");
    for (const auto* other : {"0", "0g", "0x", " 1", "123"}) EXPECT_EQ(hex_decode(other), std::nullopt) << other;
}

TEST(Text, DecodesPercentSequences) {
    EXPECT_EQ(percent_decode_bytes("a%20b+c%2B", false), "a b+c+");
    EXPECT_EQ(percent_decode_bytes("a%20b+c%2b", true), "a b c+");
    for (const auto* other : {"%", "%4", "%4x", "a%", "%%41"})
        EXPECT_EQ(percent_decode_bytes(other), std::nullopt) << other;
}

} // namespace
} // namespace attune
