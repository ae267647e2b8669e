#include "logic/expression/value.hpp"

#include <gtest/gtest.h>

namespace attune::logic::expression {
namespace {

json::value parse(std::string_view text) {
    return parse_json(text).value();
}

TEST(Value, OrdersIntegersAndDoublesExactly) {
    const struct {
        std::string_view a;
        std::string_view b;
        int expected;
    } rows[] = {{"1", "2", -1},
                {"1", "1.0", 0},
                {"1", "1.5", -1},
                {"-1", "-1.5", 1},
                {"9007199254740993", "9007199254740992.0", 1},
                {"9223372036854775807", "9223372036854775808.0", -1},
                {"18446744073709551615", "18446744073709551616.0", -1},
                {"18446744073709551615", "-1", 1},
                {"-9223372036854775808", "-9223372036854775808.0", 0},
                {"-9223372036854775808", "-1e300", 1},
                {"0", "1e300", -1},
                {"0", "-0.0", 0}};
    for (const auto& row : rows) {
        const auto order = compare_numbers(parse(row.a), parse(row.b));
        const auto back = compare_numbers(parse(row.b), parse(row.a));
        EXPECT_EQ(order < 0 ? -1 : order > 0, row.expected) << row.a << " and " << row.b;
        EXPECT_EQ(back < 0 ? -1 : back > 0, -row.expected) << row.b << " and " << row.a;
        EXPECT_EQ(equal(parse(row.a), parse(row.b)), row.expected == 0) << row.a << " and " << row.b;
    }
}

TEST(Value, EqualValuesHaveEqualHashes) {
    const auto a = parse(R"({"x": [1, 2.0, {"k": null}], "y": "t"})");
    const auto b = parse(R"({"y": "t", "x": [1.0, 2, {"k": null}]})");

    EXPECT_TRUE(equal(a, b));
    EXPECT_EQ(hash_of(a), hash_of(b));
    EXPECT_FALSE(equal(a, parse(R"({"y": "t", "x": [1.0, 2, {"j": null}]})")));
    EXPECT_FALSE(equal(parse("[]"), parse("{}")));
}

TEST(Value, WeighsNoFurtherThanTheLimit) {
    EXPECT_EQ(weight(parse("[1, [2, 3]]"), 100), 5U);
    EXPECT_EQ(weight(parse(R"("0123456789abcdef")"), 100), 2U);
    EXPECT_LT(weight(parse("[1,2,3,4,5,6,7,8,9]"), 4), 9U);
}

TEST(Value, FindsText) {
    EXPECT_EQ(find_text("banana", "an"), 1U);
    EXPECT_EQ(find_text("banana", "an", 2), 3U);
    EXPECT_EQ(find_text("banana", "x"), std::string_view::npos);
    EXPECT_EQ(find_text("", ""), 0U);
    EXPECT_EQ(find_text("a", "a", 9), std::string_view::npos);
}

} // namespace
} // namespace attune::logic::expression
