#include "logic/expression/expression.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <span>

namespace attune::logic::expression {
namespace {

using testing::HasSubstr;

const json::value& event() {
    static const json::value value = parse_json(R"({
        "id": 7, "payload": {"status": "critical", "value": 101, "ratio": 0.5, "none": null, "tags": ["a", "b", "c"],
        "nested": {"list": [{"x": 1}, {"x": 2}]}, "a-b": 3, "in": 4, "big": 18446744073709551615}})")
                                         .value();
    return value;
}

/// The value as JSON, or "error: ..." / "syntax: ...".
std::string result_of(std::string_view text) {
    static const json::value succeeded(true);
    Scope scope;
    scope.add("event", event())
        .add_member("parts", "payload", event().at("payload"))
        .add_member("parts", "id", event().at("id"));
    scope.add_function("succeeded", succeeded);
    const auto expression = Expression::parse(text);
    if (!expression) return "syntax: " + expression.error().message;
    const auto value = expression->evaluate(scope);
    return value ? to_text(*value) : "error: " + value.error().message;
}

struct Row {
    std::string_view text;
    std::string_view expected;
};

void expect_all(std::span<const Row> rows) {
    for (const auto& row : rows) EXPECT_EQ(result_of(row.text), row.expected) << row.text;
}

/// Rows whose expected text is a part of the message.
void expect_messages(std::span<const Row> rows) {
    for (const auto& row : rows) EXPECT_THAT(result_of(row.text), HasSubstr(std::string(row.expected))) << row.text;
}

TEST(Expression, ReadsLiterals) {
    const Row rows[] = {{"1", "1"},
                        {"1.5", "1.5"},
                        {"1e3", "1000.0"},
                        {"'it''s'", "syntax: expected an operator or the end, got \"'s'\", at character 5"},
                        {R"("a\"b\n\d")", R"("a\"b\n\\d")"},
                        {R"('\'')", R"("'")"},
                        {"true", "true"},
                        {"false", "false"},
                        {"null", "null"},
                        {"[]", "[]"},
                        {"[1, 'a', [true]]", R"([1,"a",[true]])"},
                        {"18446744073709551615", "18446744073709551615"},
                        {"-9223372036854775808", "-9223372036854775808"}};
    expect_all(rows);
}

TEST(Expression, BindsOperatorsInTheirOrder) {
    const Row rows[] = {{"1 + 2 * 3", "7"},
                        {"(1 + 2) * 3", "9"},
                        {"10 - 4 - 3", "3"},
                        {"-2 * -3", "6"},
                        {"--2", "2"},
                        {"not 1 == 2", "true"},
                        {"not not 1", "true"},
                        {"1 < 2 == true", "true"},
                        {"true or false and false", "true"},
                        {"(true or false) and false", "false"},
                        {"not true or true", "true"},
                        {"1 + 1 in [2]", "true"},
                        {"-event.payload.value", "-101"},
                        {"-[5][0]", "-5"},
                        {"1 == 1 and 2 == 2 and 3 == 3", "true"}};
    expect_all(rows);
}

TEST(Expression, AndAndOrGiveBooleansAndLookNoFurtherThanNeeded) {
    const Row rows[] = {{"1 and 'a'", "true"},
                        {"'' or []", "false"},
                        {"false and missing", "false"},
                        {"1 or missing", "true"},
                        {"false or 0 or {}", "syntax: unexpected '{'; there are no object literals, "
                                             "and only one outer {{ }}, at character 15"},
                        {"0 and missing or 3", "true"},
                        {"not [1]", "false"},
                        {"not ''", "true"}};
    expect_all(rows);
}

TEST(Expression, ComparesWithoutCoercion) {
    const Row rows[] = {{"'5' == 5", "false"},
                        {"'5' != 5", "true"},
                        {"1 == 1.0", "true"},
                        {"true == 1", "false"},
                        {"null == false", "false"},
                        {"[1, [2.0]] == [1.0, [2]]", "true"},
                        {"event.payload.nested == event['payload']['nested']", "true"},
                        {"1 < 1.5", "true"},
                        {"'a' < 'b'", "true"},
                        {"'a' >= 'b'", "false"},
                        {"2 <= 2.0", "true"},
                        {"9007199254740993 > 9007199254740992.0", "true"},
                        {"event.payload.big > 9223372036854775807", "true"},
                        {"event.payload.big == 18446744073709551616.0", "false"},
                        {"-1 < event.payload.big", "true"}};
    expect_all(rows);
    const Row errors[] = {{"1 < '2'", "error: cannot order number (1) and string (\"2\")"},
                          {"true < false", "cannot order bool"},
                          {"null < 1", "cannot order null"},
                          {"[1] < [2]", "cannot order array"}};
    expect_messages(errors);
}

TEST(Expression, ComputesAndKeepsWholeNumbersWhole) {
    const Row rows[] = {{"1 + 2", "3"},
                        {"1 + 0.5", "1.5"},
                        {"6 / 3", "2"},
                        {"7 / 2", "3.5"},
                        {"7 % 3", "1"},
                        {"-7 % 3", "-1"},
                        {"7.5 % 2", "1.5"},
                        {"'a' + 'b'", R"("ab")"},
                        {"[1] + [2] + event.payload.tags", R"([1,2,"a","b","c"])"},
                        {"9223372036854775807 + 1", "9223372036854775808"},
                        {"-9223372036854775808 / -1", "9223372036854775808"},
                        {"event.payload.value * 2 - 2", "200"}};
    expect_all(rows);
    const Row errors[] = {{"18446744073709551615 + 1", "does not fit into 64 bits"},
                          {"-9223372036854775808 - 1", "does not fit into 64 bits"},
                          {"18446744073709551615 * 18446744073709551615", "does not fit into 64 bits"},
                          {"-18446744073709551615", "does not fit into 64 bits"},
                          {"1e308 * 10", "outside the range of a double"},
                          {"1 / 0", "division by zero"},
                          {"1.0 / 0.0", "division by zero"},
                          {"1 % 0", "modulo by zero"},
                          {"1 + 'a'", "cannot compute number (1) + string (\"a\")"},
                          {"'a' * 2", "cannot compute string"},
                          {"-'a'", "cannot negate string"},
                          {"null + null", "cannot compute null"}};
    expect_messages(errors);
}

TEST(Expression, ReachesIntoObjectsAndLists) {
    const Row rows[] = {{"event.payload.status", R"("critical")"},
                        {"event['payload']['a-b']", "3"},
                        {"event.payload.in", "4"},
                        {"event.payload.tags[0]", R"("a")"},
                        {"event.payload.tags[-1]", R"("c")"},
                        {"event.payload.nested.list[1].x", "2"},
                        {"event.payload.none", "null"},
                        {"event.payload.tags[1 - 1]", R"("a")"},
                        {"[[1, 2], [3]][0][1]", "2"},
                        {"parts.payload.value", "101"},
                        {"parts['id']", "7"},
                        {"length(parts)", "2"},
                        {"parts == event", "true"}};
    expect_all(rows);
    const Row errors[] = {{"event.payload.missing", "error: field 'missing' does not exist"},
                          {"event['payload']['missing']", "field 'missing' does not exist"},
                          {"parts.missing", "field 'missing' does not exist"},
                          {"event.payload.none.x", "cannot read field 'x' of null"},
                          {"event.payload.status.x", "cannot read field 'x' of string (\"critical\")"},
                          {"event.payload.tags[3]", "index 3 is out of range, the list has 3 elements"},
                          {"event.payload.tags[-4]", "out of range"},
                          {"event.payload.tags['x']", "cannot read element \"x\" of array"},
                          {"event.payload.tags[0.0]", "cannot read element"},
                          {"'abc'[0]", "cannot read element 0 of string"},
                          {"evnt.id", "unknown variable 'evnt'; did you mean 'event'?"},
                          {"True", "did you mean 'true'"},
                          {"None", "did you mean 'null'"}};
    expect_messages(errors);
}

TEST(Expression, LooksForThingsWithIn) {
    const Row rows[] = {{"'prod' in ['prod', 'staging']", "true"},
                        {"1 in [1.0]", "true"},
                        {"'1' in [1]", "false"},
                        {"[1] in [[1]]", "true"},
                        {"'status' in event.payload", "true"},
                        {"'x' in event.payload", "false"},
                        {"'rit' in event.payload.status", "true"},
                        {"not 'x' in 'abc'", "true"}};
    expect_all(rows);
    const Row errors[] = {{"1 in 5", "expected a list, an object or a string to look in, got number (5)"},
                          {"1 in '123'", "expected a string to look for in string, got number (1)"},
                          {"1 in event", "expected a string to look for in object"}};
    expect_messages(errors);
}

TEST(Expression, SaysWhereTheSyntaxIsWrongAndWhatWasExpected) {
    const Row rows[] = {{"", "expected a value, got the end, at character 1"},
                        {"1 +", "expected a value, got the end, at character 4"},
                        {"(1", "expected ')', got the end, at character 3"},
                        {"[1, ]", "expected a value, got \"]\", at character 5"},
                        {"[1 2]", "expected ',' or ']', got \"2\", at character 4"},
                        {"f(1", "expected ',' or ')', got the end"},
                        {"a b", "expected an operator or the end, got \"b\", at character 3"},
                        {"a.", "expected a field's name after '.'"},
                        {"a.0", "expected a field's name after '.'"},
                        {"a.b(1)", "only a function's name can be called"},
                        {"'abc", "no closing ' for the string that begins at character 1"},
                        {"a && b", "unexpected '&'; write 'and', at character 3"},
                        {"a || b", "write 'or'"},
                        {"a | upper", "no filters"},
                        {"!a", "write 'not'"},
                        {"a = 1", "write '=='"},
                        {"'\u00e9' # x", "unexpected '#', at character 5"},
                        {"\u00e9", "unexpected '\u00e9', at character 1"},
                        {"1x", "expected an operator after the number at character 2"},
                        {"1e", "expected the digits of an exponent"},
                        {"99999999999999999999", "too large"},
                        {"1e999", "outside the range of a double"},
                        {"1 + not 2", "expected a value, got \"not\", at character 5"},
                        {"join(1)", "expected join(list, separator), got 1 arguments, at character 1"},
                        {"match('(', 'x')", "bad pattern: missing ): ( at character 1"},
                        {"\xff", "not UTF-8"}};
    for (const auto& row : rows) {
        EXPECT_THAT(result_of(row.text),
                    testing::AllOf(testing::StartsWith("syntax: "), HasSubstr(std::string(row.expected))))
            << row.text;
    }
}

TEST(Expression, KnowsTheFunctionsOfItsScope) {
    const Row rows[] = {{"succeeded()", "true"}, {"not succeeded()", "false"}};
    expect_all(rows);
    const Row errors[] = {{"succeeded(1)", "succeeded() takes no arguments"},
                          {"succeded()", "unknown function 'succeded'; did you mean 'succeeded'?"},
                          {"lenght('a')", "did you mean 'length'?"},
                          {"failed()", "unknown function 'failed'"}};
    expect_messages(errors);
}

TEST(Expression, ListsTheNamesItUses) {
    const auto expression = Expression::parse("event.x + vars.y == event.z or failed() and length(item)").value();

    EXPECT_THAT(expression.variables(), testing::ElementsAre("event", "vars", "item"));
    EXPECT_THAT(expression.scope_functions(), testing::ElementsAre("failed"));
    EXPECT_EQ(expression.text(), "event.x + vars.y == event.z or failed() and length(item)");
}

TEST(Expression, TestsForTruthLikePython) {
    const Scope scope;
    for (const auto* text : {"null", "false", "0", "0.0", "''", "[]"}) {
        EXPECT_FALSE(Expression::parse(text)->test(scope).value()) << text;
    }
    for (const auto* text : {"true", "1", "-0.5", "'0'", "'false'", "[0]", "[[]]"}) {
        EXPECT_TRUE(Expression::parse(text)->test(scope).value()) << text;
    }
}

TEST(Expression, IsBoundedInSizeDepthAndSteps) {
    const auto repeat = [](std::string_view text, std::size_t times) {
        std::string out;
        for (std::size_t i = 0; i < times; ++i) out += text;
        return out;
    };
    EXPECT_EQ(result_of(repeat("(", 64) + "1" + repeat(")", 64)), "1");
    EXPECT_THAT(result_of(repeat("(", 65) + "1" + repeat(")", 65)), HasSubstr("deeper than 64 levels"));
    EXPECT_THAT(result_of(repeat("[", 5000)), HasSubstr("deeper than 64 levels"));
    EXPECT_THAT(result_of(repeat(" ", 20'000)), HasSubstr("at most 16384 bytes"));
    EXPECT_EQ(result_of("1" + repeat("+1", 8000)), "8001");
    EXPECT_EQ(result_of(repeat("not ", 4000) + "1"), "true");
    EXPECT_EQ(result_of(repeat("-", 16'000) + "1"), "1");
    EXPECT_EQ(result_of("[1]" + repeat("+[1]", 1000) + "== []"), "false");
    for (const auto* greedy :
         {"unique(range(100000)) + range(100000) + range(100000) + range(100000)",
          "replace(replace(join(range(90000), 'aaaaaaaa'), 'a', 'aaaaaaaa'), 'a', 'aaaaaaaaaaaaaaaaaaaa')",
          "zip(range(99999), range(99999), range(99999), range(99999), range(99999))"}) {
        EXPECT_THAT(result_of(greedy), HasSubstr("more than 1000000 steps")) << greedy;
    }
}

} // namespace
} // namespace attune::logic::expression
