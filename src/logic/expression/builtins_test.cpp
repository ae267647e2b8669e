#include "logic/expression/expression.hpp"

#include <cctype>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::logic::expression {
namespace {

std::string result_of(std::string_view text) {
    static const json::value x = parse_json(R"({"a": 1, "b": [1, "x", null], "s": "h\u00e9llo"})").value();
    Scope scope;
    scope.add("x", x);
    const auto expression = Expression::parse(text);
    if (!expression) return "syntax: " + expression.error().message;
    const auto value = expression->evaluate(scope);
    return value ? to_text(*value) : "error: " + value.error().message;
}

struct Row {
    std::string_view text;
    std::string_view expected;
};

/// "0_abs__1_": what a report names a case by.
std::string name_of(const testing::TestParamInfo<Row>& info) {
    auto out = std::to_string(info.index) + "_";
    for (const char c : info.param.text.substr(0, 40)) {
        out += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    }
    return out;
}

void PrintTo(const Row& row, std::ostream* out) {
    *out << row.text;
}

class Builtins : public testing::TestWithParam<Row> {};

TEST_P(Builtins, Give) {
    const auto [text, expected] = GetParam();
    if (expected.starts_with("error: ")) {
        EXPECT_THAT(result_of(text), testing::HasSubstr(std::string(expected))) << text;
    } else {
        EXPECT_EQ(result_of(text), expected) << text;
    }
}

const Row kConversions[] = {
    {"string(null)", R"("null")"},
    {"string('a')", R"("a")"},
    {"string(1)", R"("1")"},
    {"string(true)", R"("true")"},
    {"string([1, 'a'])", R"("[1,\"a\"]")"},
    {"number('42')", "42"},
    {"number(' 1.5 ')", "1.5"},
    {"number('+3')", "3"},
    {"number(true)", "1"},
    {"number(7)", "7"},
    {"number('1e2')", "100.0"},
    {"number('abc')", "error: number(): expected a number, got string (\"abc\")"},
    {"number('inf')", "error: number()"},
    {"number('')", "error: number()"},
    {"number(null)", "error: number(): expected a string, got null"},
    {"int(3.9)", "3"},
    {"int(-3.9)", "-3"},
    {"int('42')", "42"},
    {"int('3.7')", "3"},
    {"int(1e300)", "error: int(): expected a number that fits into 64 bits"},
    {"bool([])", "false"},
    {"bool('false')", "true"},
    {"type_of(null)", R"("null")"},
    {"type_of(true)", R"("bool")"},
    {"type_of(1)", R"("number")"},
    {"type_of(1.5)", R"("number")"},
    {"type_of('')", R"("string")"},
    {"type_of([])", R"("array")"},
    {"type_of(x)", R"("object")"},
    {"length('abc')", "3"},
    {"length(x.s)", "6"},
    {"length([1, 2])", "2"},
    {"length(x)", "3"},
    {"length(5)", "error: length(): expected a string, a list or an object, got number (5)"},
    {"keys(x)", R"(["a","b","s"])"},
    {"values(x)[0]", "1"},
    {"keys([1])", "error: keys(): expected an object, got array"},
    {"merge(x, x).a", "1"},
    {"length(merge(x))", "3"},
    {"merge(x, 1)", "error: merge(): expected an object as argument 2"},
};
INSTANTIATE_TEST_SUITE_P(Conversions, Builtins, testing::ValuesIn(kConversions), name_of);

const Row kNumbers[] = {
    {"abs(-5)", "5"},
    {"abs(-1.5)", "1.5"},
    {"abs(-9223372036854775808)", "9223372036854775808"},
    {"floor(1.7)", "1"},
    {"floor(-1.2)", "-2"},
    {"ceil(1.2)", "2"},
    {"round(2.5)", "3"},
    {"round(-2.5)", "-3"},
    {"round(7)", "7"},
    {"floor(1e300)", "1e+300"},
    {"floor('1')", "error: floor(): expected a number, got string"},
    {"min([3, 1, 2])", "1"},
    {"max(3, 1.5, 2)", "3"},
    {"max('a', 'b')", R"("b")"},
    {"min([])", "error: min(): the list is empty"},
    {"min(1, 'a')", "error: min(): cannot order string"},
    {"sum([1, 2, 3])", "6"},
    {"sum([1, 0.5])", "1.5"},
    {"sum([])", "0"},
    {"sum(['a'])", "error: sum(): expected numbers, got string"},
};
INSTANTIATE_TEST_SUITE_P(Numbers, Builtins, testing::ValuesIn(kNumbers), name_of);

const Row kStrings[] = {
    {"lower('AbC')", R"("abc")"},
    {"upper('AbC')", R"("ABC")"},
    {"trim('  a b ')", R"("a b")"},
    {"split('a,b,,c', ',')", R"(["a","b","","c"])"},
    {"split('', ',')", R"([""])"},
    {"split('a', '')", "error: split(): the separator is empty"},
    {"join(['a', 1, null, true], '-')", R"("a-1-null-true")"},
    {"join([], '-')", R"("")"},
    {"replace('aXbX', 'X', '--')", R"("a--b--")"},
    {"replace('aaa', 'aa', 'b')", R"("ba")"},
    {"replace('a', '', 'b')", "error: replace(): the text to replace is empty"},
    {"starts_with('abc', 'ab')", "true"},
    {"ends_with('abc', 'ab')", "false"},
    {"starts_with(1, 'a')", "error: starts_with(): expected a string as argument 1, got number (1)"},
    {R"(match('^h\w+\d$', 'hello7'))", "true"},
    {"match('ell', 'hello')", "true"},
    {"match('^ell', 'hello')", "false"},
    {"match('h.llo', x.s)", "true"},
    {"match('a' + 'b', 'xaby')", "true"},
    {"match('(' + '', 'a')", "error: match(): bad pattern"},
    {"match('a', 1)", "error: match(): expected a string as argument 2"},
    {"contains('abc', 'b')", "true"},
    {"contains([1, 2], 2.0)", "true"},
    {"contains(x, 'a')", "true"},
    {"contains(5, 'a')", "error: contains(): expected a list, an object or a string"},
};
INSTANTIATE_TEST_SUITE_P(Strings, Builtins, testing::ValuesIn(kStrings), name_of);

const Row kLists[] = {
    {"reversed([1, 2])", "[2,1]"},
    {"reversed('h\u00e9l')", "\"l\u00e9h\""},
    {"reversed(1)", "error: reversed(): expected a list or a string"},
    {"sort([3, 1.5, 2])", "[1.5,2,3]"},
    {"sort(['b', 'a'])", R"(["a","b"])"},
    {"sort([])", "[]"},
    {"sort([1, 'a'])", "error: sort(): cannot order string"},
    {"sort([null])", "error: sort(): cannot order null"},
    {"unique([1, 1.0, 'a', [1], [1], 'a'])", R"([1,"a",[1]])"},
    {"flat([[1], 2, [[3]]])", "[1,2,[3]]"},
    {"zip([1, 2, 3], ['a', 'b'])", R"([[1,"a"],[2,"b"]])"},
    {"range(3)", "[0,1,2]"},
    {"range(2, 4)", "[2,3]"},
    {"range(4, 2)", "[]"},
    {"range(-1)", "[]"},
    {"range(-9223372036854775807, 9223372036854775807)", "error: range(): makes at most 100000 elements"},
    {"range(100001)", "error: range(): makes at most 100000 elements"},
    {"range('3')", "error: range(): expected a whole number"},
    {"slice([1, 2, 3, 4], 1, 3)", "[2,3]"},
    {"slice([1, 2, 3, 4], -2)", "[3,4]"},
    {"slice([1], 5)", "[]"},
    {"slice([1, 2], 1, 0)", "[]"},
    {"slice('hello', 1, -1)", R"("ell")"},
    {"slice(x.s, 1, 3)", "\"\u00e9l\""},
    {"slice('abc', -9223372036854775807, 9223372036854775807)", R"("abc")"},
    {"index_of(['a', 'b'], 'b')", "1"},
    {"index_of(['a'], 'z')", "-1"},
    {"index_of(x.s, 'llo')", "2"},
    {"count([1, 2, 1.0], 1)", "2"},
    {"count([1, 2])", "2"},
    {"count('banana', 'an')", "2"},
    {"count('banana', '')", "error: count(): the text to count is empty"},
    {"count(5)", "error: count(): expected a list"},
    {"chunks([1, 2, 3], 2)", "[[1,2],[3]]"},
    {"chunks([], 2)", "[]"},
    {"chunks([1], 0)", "error: chunks(): expected a size of 1 or more as argument 2"},
};
INSTANTIATE_TEST_SUITE_P(Lists, Builtins, testing::ValuesIn(kLists), name_of);

} // namespace
} // namespace attune::logic::expression
