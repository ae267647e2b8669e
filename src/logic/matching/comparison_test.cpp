#include "logic/matching/comparison.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::logic::matching {
namespace {

using testing::HasSubstr;

json::value parse(std::string_view text) {
    return parse_json(text).value();
}

const json::value& payload() {
    static const json::value value = parse(R"({"text": "error: disk full", "n": 5, "f": 5.0, "none": null, "yes": true,
        "tags": ["a", 1], "at": "2026-01-02T03:04:05Z", "empty": "", "object": {"k": 1}})");
    return value;
}

Comparison comparison(std::string_view field, std::string_view op, std::string_view value, Place place = Place::group) {
    json::object item{{"field", field}, {"operator", op}};
    if (!value.empty()) item["value"] = parse(value);
    return Comparison::compile(item, "conditions[0]", place).value();
}

bool holds(const Comparison& one) {
    return one.holds(one.find_in(&payload()));
}

TEST(Comparison, ComparesAFieldByItsOperator) {
    const struct {
        std::string_view field;
        std::string_view op;
        std::string_view value;
        bool holds;
    } rows[] = {{"n", "in", "[1, 5]", true},
                {"n", "in", "[5.0]", true},
                {"n", "in", R"(["5", 6])", false},
                {"n", "in", "[]", false},
                {"none", "in", "[null]", true},
                {"missing", "in", "[null]", false},
                {"n", "exists", "", true},
                {"none", "exists", "true", true},
                {"missing", "exists", "", false},
                {"missing", "exists", "false", true},
                {"n", "exists", "false", false},
                {"text", "matches", R"("^error: \\w+")", true},
                {"text", "matches", R"("disk")", true},
                {"text", "matches", R"("(?i)DISK")", true},
                {"text", "matches", R"("^disk")", false},
                {"n", "matches", R"("5")", false},
                {"n", "greater_than", "4.5", true},
                {"n", "greater_than", "5", false},
                {"n", "greater_than", R"("4")", false},
                {"text", "greater_than", "4", false},
                {"at", "greater_than", R"("2026-01-01")", true},
                {"at", "less_than", R"("2026-01-01")", false},
                {"n", "less_than", "6", true},
                {"f", "less_than", "5", false},
                {"none", "less_than", "5", false},
                {"missing", "less_than", "5", false},
                {"text", "starts_with", R"("error")", true},
                {"text", "starts_with", R"("disk")", false},
                {"text", "ends_with", R"("full")", true},
                {"text", "ends_with", R"("ful")", false},
                {"empty", "starts_with", R"("")", true},
                {"n", "starts_with", R"("")", false},
                {"n", "between", "[5, 6]", true},
                {"n", "between", "[4, 5]", true},
                {"n", "between", "[5.5, 6]", false},
                {"n", "between", "[6, 4]", false},
                {"at", "between", R"(["2026", "2027"])", true},
                {"text", "between", "[1, 2]", false},
                {"payload.n", "equals", "5", true},
                {"object", "equals", R"({"k": 1.0})", true},
                {"object.k", "not_equals", "2", true}};
    for (const auto& row : rows) {
        EXPECT_EQ(holds(comparison(row.field, row.op, row.value)), row.holds)
            << row.field << ' ' << row.op << ' ' << row.value;
    }
}

TEST(Comparison, FindsAnItemOfAListInAGroupButNotInAPlainList) {
    EXPECT_TRUE(holds(comparison("tags", "contains", R"("a")", Place::group)));
    EXPECT_TRUE(holds(comparison("tags", "contains", "1.0", Place::group)));
    EXPECT_FALSE(holds(comparison("tags", "contains", R"("b")", Place::group)));
    EXPECT_FALSE(holds(comparison("tags", "contains", R"("a")", Place::list)));
    EXPECT_TRUE(holds(comparison("text", "contains", R"("disk")", Place::list)));
}

TEST(Comparison, SaysWhatItSawAndWhatItExpected) {
    const struct {
        std::string_view field;
        std::string_view op;
        std::string_view value;
        std::string_view text;
        std::string_view failure;
    } rows[] = {{"n", "in", "[1, 5]", "payload.n in [1,5]", "payload.n is 5, expected in [1,5]"},
                {"n", "between", "[1, 2]", "payload.n between [1,2]", "payload.n is 5, expected between [1,2]"},
                {"payload.n", "exists", "false", "payload.n does not exist", "payload.n exists: it is 5"},
                {"missing", "exists", "", "payload.missing exists", "payload.missing does not exist"},
                {"tags", "equals", "1", "payload.tags equals 1", "payload.tags is an array, expected equals 1"}};
    for (const auto& row : rows) {
        const auto one = comparison(row.field, row.op, row.value);
        EXPECT_EQ(one.text(), row.text);
        EXPECT_EQ(one.text_of_failure(one.find_in(&payload())), row.failure);
    }
    const auto long_list = comparison("n", "in", to_text(json::array(100, "some text")));
    EXPECT_EQ(long_list.text(), "payload.n in one of 100 values");
}

TEST(Comparison, IsRefusedWhenItsValueIsNotOfTheOperator) {
    const struct {
        std::string_view op;
        std::string_view value;
        std::string_view expected;
    } rows[] = {{"in", "5", "a list of at most 256 values, got 5"},
                {"exists", R"("yes")", "true or false"},
                {"matches", "5", "a string, got 5"},
                {"matches", R"("(")", "bad pattern"},
                {"greater_than", "true", "a number or a string, got true"},
                {"less_than", "null", "a number or a string, got null"},
                {"starts_with", "1", "a string, got 1"},
                {"ends_with", "[]", "a string, got an array"},
                {"between", "[1]", "[least, greatest]"},
                {"between", R"([1, "2"])", "[least, greatest]"},
                {"between", "5", "[least, greatest]"}};
    for (const auto& row : rows) {
        const json::object item{{"field", "n"}, {"operator", row.op}, {"value", parse(row.value)}};
        const auto compiled = Comparison::compile(item, "conditions.all[3]", Place::group);
        ASSERT_FALSE(compiled) << row.op << ' ' << row.value;
        EXPECT_EQ(compiled.error().field, "conditions.all[3].value");
        EXPECT_THAT(compiled.error().message, HasSubstr(std::string(row.expected)));
    }
}

TEST(Comparison, HasNoOtherMembersInAGroup) {
    const auto item = parse(R"({"field": "n", "operator": "equals", "value": 5, "note": "x"})");
    EXPECT_TRUE(Comparison::compile(item, "conditions[0]", Place::list));
    EXPECT_EQ(Comparison::compile(item, "c", Place::group).error().field, "c.note");
}

} // namespace
} // namespace attune::logic::matching
