#include "logic/matching/conditions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <span>

namespace attune::logic::matching {
namespace {

using testing::HasSubstr;

json::value parse(std::string_view text) {
    return parse_json(text).value();
}

const json::value& payload() {
    static const json::value value = parse(R"({"status": "critical", "value": 3, "none": null, "tags": ["a", "b"],
        "nested": {"list": [{"x": 1}]}, "payload": {"inner": 1}})");
    return value;
}

EventView event_with(const json::value* with) {
    return {EventId{7}, TriggerId{9}, "core.webhook", with, parse_timestamp("2026-01-02T03:04:05Z").value()};
}

Verdict decide(std::string_view conditions, const json::value* with = &payload()) {
    return Conditions::compile_stored(parse(conditions)).evaluate(event_with(with));
}

struct Row {
    std::string_view conditions;
    bool matched;
    std::string_view reason;
};

void expect_all(std::span<const Row> rows) {
    for (const auto& row : rows) {
        const auto verdict = decide(row.conditions);
        EXPECT_EQ(verdict.matched, row.matched) << row.conditions;
        EXPECT_THAT(verdict.reason, HasSubstr(std::string(row.reason))) << row.conditions;
    }
}

TEST(Conditions, AreNotAppliedToAnEventWithoutPayload) {
    const json::value null;
    for (const auto* conditions :
         {"null", R"([{"field": "x", "operator": "equals", "value": 1}])", R"({"expression": "false"})", "5"}) {
        EXPECT_TRUE(decide(conditions, nullptr).matched) << conditions;
        EXPECT_EQ(decide(conditions, &null).reason, "the event has no payload, conditions are not applied")
            << conditions;
    }
}

TEST(Conditions, MatchAlwaysWhenThereAreNone) {
    for (const auto* conditions : {"null", "{}", "[]"}) {
        EXPECT_TRUE(Conditions::compile(parse(conditions))->always()) << conditions;
        EXPECT_TRUE(decide(conditions).matched) << conditions;
        EXPECT_EQ(decide(conditions).reason, "no conditions") << conditions;
    }
}

TEST(Conditions, EvaluateAnExpressionOverTheEvent) {
    const Row rows[] = {
        {R"({"expression": "{{ event.payload.status == \"critical\" }}"})", true,
         "expression is true: event.payload.status == \"critical\""},
        {R"({"expression": "event.payload.value > 3"})", false, "expression is false: event.payload.value > 3"},
        {R"({"expression": "event.id == 7 and event.trigger == 9 and event.trigger_ref == 'core.webhook'"})", true,
         "expression is true"},
        {R"({"expression": "event.created == '2026-01-02T03:04:05.000000Z'"})", true, "expression is true"},
        {R"({"expression": "keys(event) == ['id', 'trigger', 'trigger_ref', 'payload', 'created', 'config']"})", true,
         "expression is true"},
        {R"({"expression": "event.payload.tags"})", true, "expression is true"},
        {R"({"expression": "event.payload.none"})", false, "expression is false"},
        {R"({"expression": "event.payload.missing == 1"})", false, "expression failed: field 'missing' does not exist"},
        {R"({"expression": "event.payload.status > 1"})", false, "expression failed: cannot order string"},
        {R"({"expression": "payload.status == 1"})", false, "expression failed: unknown variable 'payload'"},
        {R"({"expression": "{{ 1 +"})", false, "conditions.expression: unexpected '{'"},
        {R"({"expression": "{{ 1 }} and {{ 2 }}"})", false, "conditions.expression"},
        {R"({"expression": ""})", false, "conditions.expression: expected a value"},
        {R"({"expression": "true", "note": "ignored"})", true, "expression is true"}};
    expect_all(rows);
}

TEST(Conditions, AreAllNeededInAList) {
    const Row rows[] = {
        {R"([{"field": "value", "operator": "equals", "value": 3}])", true, "conditions[0]: payload.value equals 3"},
        {R"([{"field": "payload.value", "operator": "equals", "value": 3.0}])", true, "payload.value equals 3"},
        {R"([{"field": "payload.inner", "operator": "equals", "value": 1}])", true, "payload.inner equals 1"},
        {R"([{"field": "value", "operator": "equals", "value": "3"}])", false,
         "conditions[0]: payload.value is 3, expected equals \"3\""},
        {R"([{"field": "nested.list.0.x", "operator": "equals", "value": 1}])", true, "payload.nested.list.0.x"},
        {R"([{"field": "tags", "operator": "equals", "value": ["a", "b"]}])", true, "equals an array"},
        {R"([{"field": "none", "operator": "equals", "value": null}])", true, "equals null"},
        {R"([{"field": "value", "operator": "not_equals", "value": 4}])", true, "not_equals 4"},
        {R"([{"field": "value", "operator": "not_equals", "value": 3}])", false, "expected not_equals 3"},
        {R"([{"field": "status", "operator": "contains", "value": "crit"}])", true, "contains \"crit\""},
        {R"([{"field": "status", "operator": "contains", "value": "x"}])", false,
         "payload.status is \"critical\", expected contains \"x\""},
        {R"([{"field": "tags", "operator": "contains", "value": "a"}])", false, "payload.tags is an array"},
        {R"([{"field": "value", "operator": "contains", "value": 3}])", false, "expected contains 3"},
        {R"([{"field": "missing", "operator": "not_equals", "value": 3}])", false,
         "conditions[0]: payload.missing does not exist"},
        {R"([{"field": "payload.missing.x", "operator": "equals", "value": 3}])", false,
         "payload.missing.x does not exist"},
        {R"([{"field": "tags.2", "operator": "equals", "value": "a"}])", false, "does not exist"},
        {R"([{"field": "tags..0", "operator": "equals", "value": "a"}])", false, "does not exist"},
        {R"([{"field": "status", "operator": "equals", "value": "critical"}, {"field": "value", "operator": "equals", "value": 3}])",
         true, "all 2 conditions hold"},
        {R"([{"field": "status", "operator": "equals", "value": "critical"}, {"field": "value", "operator": "equals", "value": 5}])",
         false, "conditions[1]: payload.value is 3, expected equals 5"}};
    expect_all(rows);
}

TEST(Conditions, NeverMatchWhenTheirShapeIsUnknown) {
    const Row rows[] = {{R"([{"field": "value", "operator": "approximates", "value": 1}])", false,
                         "conditions[0].operator: expected equals|not_equals|contains"},
                        {R"([{"field": "value", "operator": "equals", "value": 9}, {"operator": "?"}])", false,
                         "conditions[0]: payload.value is 3"},
                        {R"([{"field": "value", "operator": "equals", "value": 3}, {"operator": "?"}])", false,
                         "conditions[1].field: is required"},
                        {R"({"all": []})", false, "conditions.all: expected a list"},
                        {R"({"every": []})", false, "conditions.every: is not known here; expected a list"},
                        {R"({"expression": 5})", false, "conditions.expression: expected a string, got 5"},
                        {R"("event.payload.value")", false, "conditions: expected a list"},
                        {"true", false, "conditions: expected a list"}};
    expect_all(rows);
}

TEST(Conditions, AreRefusedWithTheFieldAtFault) {
    const struct {
        std::string_view conditions;
        std::string_view field;
    } rows[] = {
        {R"({"expression": "1 +"})", "conditions.expression"},
        {R"({"expression": null})", "conditions.expression"},
        {R"({"any": []})", "conditions.any"},
        {R"({"some": []})", "conditions.some"},
        {"5", "conditions"},
        {"[5]", "conditions[0]"},
        {R"([{"operator": "equals", "value": 1}])", "conditions[0].field"},
        {R"([{"field": "", "operator": "equals", "value": 1}])", "conditions[0].field"},
        {R"([{"field": "a", "value": 1}])", "conditions[0].operator"},
        {R"([{"field": "a", "operator": "like", "value": 1}])", "conditions[0].operator"},
        {R"([{"field": "a", "operator": "equals"}])", "conditions[0].value"},
        {R"([{"field": "a", "operator": "equals", "value": 1}, {"field": 1, "operator": "equals", "value": 1}])",
         "conditions[1].field"}};
    for (const auto& row : rows) {
        const auto compiled = Conditions::compile(parse(row.conditions));
        ASSERT_FALSE(compiled) << row.conditions;
        EXPECT_EQ(compiled.error().field, row.field) << row.conditions;
        EXPECT_FALSE(Conditions::compile_stored(parse(row.conditions)).always()) << row.conditions;
    }
    EXPECT_FALSE(Conditions::compile(json::array(257, parse(R"({"field": "a", "operator": "equals", "value": 1})"))));
}

TEST(Conditions, KeepReasonsShort) {
    const auto text = "'" + std::string(3000, 'x') + "' == ''";
    const auto verdict = Conditions::compile(json::object{{"expression", text}})->evaluate(event_with(&payload()));

    EXPECT_FALSE(verdict.matched);
    EXPECT_LT(verdict.reason.size(), 300U);
}

} // namespace
} // namespace attune::logic::matching
