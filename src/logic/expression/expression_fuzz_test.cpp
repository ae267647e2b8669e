// Seeded random input: nothing that can be written crashes, hangs or grows without bound.
#include "base/text.hpp"
#include "logic/expression/builtins.hpp"
#include "logic/expression/expression.hpp"
#include "logic/expression/value.hpp"

#include <gtest/gtest.h>
#include <random>

namespace attune::logic::expression {
namespace {

class Generator {
public:
    explicit Generator(unsigned seed) : random_(seed) {}

    std::string tokens() {
        static const std::vector<std::string_view> kTokens = {"(",
                                                              ")",
                                                              "[",
                                                              "]",
                                                              ",",
                                                              ".",
                                                              "+",
                                                              "-",
                                                              "*",
                                                              "/",
                                                              "%",
                                                              "==",
                                                              "!=",
                                                              "<",
                                                              "<=",
                                                              " and ",
                                                              " or ",
                                                              "not ",
                                                              " in ",
                                                              "1",
                                                              "0",
                                                              "2.5",
                                                              "'a'",
                                                              "\"b\"",
                                                              "x",
                                                              "x.list",
                                                              "x.text",
                                                              "x.none",
                                                              "null",
                                                              "true",
                                                              "9223372036854775807",
                                                              "1e300",
                                                              "\\",
                                                              "'",
                                                              "\xc3\xa9",
                                                              "{{"};
        std::string out;
        for (auto n = below(20); n > 0; --n) out += kTokens[below(kTokens.size())];
        return out;
    }

    /// Well-formed, so that evaluation is reached.
    std::string expression(int depth) {
        static const std::vector<std::string_view> kLeaves = {
            "1",      "0",      "-3",   "2.5",  "'a'", "'h\u00e9llo'",        "x",     "x.list",
            "x.text", "x.none", "null", "true", "[]",  "9223372036854775807", "1e300", "'[0-9]+'"};
        static const std::vector<std::string_view> kOperators = {
            "+", "-", "*", "/", "%", "==", "!=", "<", ">=", " and ", " or ", " in "};
        if (depth == 0) return std::string(kLeaves[below(kLeaves.size())]);
        switch (below(6)) {
        case 0:
            return fmt::format("({}{}{})", expression(depth - 1), kOperators[below(kOperators.size())],
                               expression(depth - 1));
        case 1: return fmt::format("[{}, {}]", expression(depth - 1), expression(depth - 1));
        case 2: return fmt::format("{}[{}]", expression(depth - 1), expression(0));
        case 3: return fmt::format("(not {})", expression(depth - 1));
        default: return call(depth);
        }
    }

private:
    std::string call(int depth) {
        const auto& builtin = builtins()[below(builtins().size())];
        std::vector<std::string> arguments;
        const auto most = std::min<std::size_t>(builtin.max_arguments, 3);
        const auto count = builtin.min_arguments + below(most - builtin.min_arguments + 1);
        for (std::size_t i = 0; i < count; ++i) arguments.push_back(expression(depth - 1));
        return fmt::format("{}({})", builtin.name, join(arguments, ", "));
    }
    std::size_t below(std::size_t bound) { return random_() % bound; }
    std::mt19937 random_;
};

const json::value& root() {
    static const json::value value =
        parse_json(R"({"list": [1, "a", null, [2], {"k": 1}], "text": "a,b,c", "none": null})").value();
    return value;
}

void run(const std::string& text) {
    Scope scope;
    scope.add("x", root());
    const auto expression = Expression::parse(text);
    if (!expression) {
        EXPECT_FALSE(expression.error().message.empty()) << text;
        return;
    }
    const auto value = expression->evaluate(scope);
    const auto truth = expression->test(scope);
    ASSERT_EQ(value.has_value(), truth.has_value()) << text;
    if (!value) return;
    EXPECT_EQ(truthy(*value), *truth) << text;
    EXPECT_TRUE(equal(*value, *value)) << text;
    EXPECT_TRUE(is_valid_utf8(to_text(*value))) << text;
    EXPECT_TRUE(parse_json(to_text(*value))) << text;
}

TEST(ExpressionFuzz, SurvivesAnyTokens) {
    Generator generator(1);
    for (int i = 0; i < 20'000; ++i) run(generator.tokens());
}

TEST(ExpressionFuzz, SurvivesAnyBytes) {
    std::mt19937 random(2);
    for (int i = 0; i < 20'000; ++i) {
        std::string text(random() % 30, '\0');
        for (auto& c : text) c = static_cast<char>(random());
        run(text);
    }
}

TEST(ExpressionFuzz, EvaluatesAnythingWellFormed) {
    Generator generator(3);
    int parsed = 0;
    for (int i = 0; i < 20'000; ++i) {
        const auto text = generator.expression(1 + i % 4);
        if (Expression::parse(text)) ++parsed;
        run(text);
    }
    EXPECT_GT(parsed, 15'000);
}

} // namespace
} // namespace attune::logic::expression
