#include "logic/matching/conditions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::logic::matching {
namespace {

using testing::HasSubstr;

json::value parse(std::string_view text) {
    return parse_json(text).value();
}

const json::value& payload() {
    static const json::value value = parse(R"({"env": "prod", "load": 0.9, "host": {"name": "web1"}, "tags": ["a"]})");
    return value;
}

Verdict decide(const Conditions& conditions, const json::value* with = &payload()) {
    // A Friday.
    return conditions.evaluate(
        {EventId{7}, TriggerId{9}, "core.webhook", with, parse_timestamp("2026-01-02T22:30:05Z").value()});
}

Verdict decide(std::string_view conditions, const json::value* with = &payload()) {
    return decide(Conditions::compile(parse(conditions)).value(), with);
}

constexpr std::string_view kProd = R"({"field": "env", "operator": "equals", "value": "prod"})";
constexpr std::string_view kTest = R"({"field": "env", "operator": "equals", "value": "test"})";
constexpr std::string_view kLost = R"({"field": "lost", "operator": "equals", "value": 1})";
constexpr std::string_view kFails = R"({"expression": "event.payload.lost > 1"})";

TEST(ConditionGroups, AreNested) {
    const struct {
        std::string conditions;
        bool matched;
        std::string_view reason;
    } rows[] = {
        {fmt::format(R"({{"all": [{}]}})", kProd), true, R"(conditions.all[0]: payload.env equals "prod")"},
        {fmt::format(R"({{"all": [{}, {}]}})", kProd, kProd), true, "all 2 conditions hold"},
        {fmt::format(R"({{"all": [{}, {}]}})", kProd, kTest), false,
         R"(conditions.all[1]: payload.env is "prod", expected equals "test")"},
        {fmt::format(R"({{"any": [{}, {}]}})", kTest, kProd), true, R"(conditions.any[1]: payload.env equals "prod")"},
        {fmt::format(R"({{"any": [{}, {}]}})", kTest, kLost), false,
         R"(conditions.any: none holds: payload.env is "prod", expected equals "test"; payload.lost does not exist)"},
        {fmt::format(R"({{"not": {}}})", kTest), true,
         R"(conditions.not: payload.env is "prod", expected equals "test")"},
        {fmt::format(R"({{"not": {}}})", kProd), false, R"(conditions.not: expected not: payload.env equals "prod")"},
        {fmt::format(R"({{"not": {}}})", kLost), true, "payload.lost does not exist"},
        {fmt::format(R"({{"all": [{{"any": [{}, {{"not": {}}}]}}], "not": {}}})", kTest, kTest, kTest), true,
         "all 2 conditions hold"},
        {fmt::format(R"({{"all": [{{"any": [{}, {{"not": {}}}]}}], "not": {}}})", kTest, kTest, kProd), false,
         "conditions.not: expected not"},
        {fmt::format(R"({{"all": [{}, {{"expression": "event.payload.load > 0.5"}}]}})", kProd), true,
         "all 2 conditions hold"},
        {fmt::format(R"({{"all": [{}], "expression": "event.payload.load > 1"}})", kProd), false,
         "conditions.expression: expression is false: event.payload.load > 1"}};
    for (const auto& row : rows) {
        const auto verdict = decide(row.conditions);
        EXPECT_EQ(verdict.matched, row.matched) << row.conditions;
        EXPECT_THAT(verdict.reason, HasSubstr(std::string(row.reason))) << row.conditions;
    }
}

TEST(ConditionGroups, NeverMatchByWhatCannotBeEvaluated) {
    const struct {
        std::string conditions;
        bool matched;
    } rows[] = {{fmt::format(R"({{"not": {}}})", kFails), false},
                {fmt::format(R"({{"all": [{}, {}]}})", kProd, kFails), false},
                {fmt::format(R"({{"any": [{}, {}]}})", kFails, kTest), false},
                {fmt::format(R"({{"not": {{"any": [{}, {}]}}}})", kTest, kFails), false},
                {fmt::format(R"({{"any": [{}, {}]}})", kFails, kProd), true},
                {fmt::format(R"({{"not": {{"all": [{}, {}]}}}})", kTest, kFails), true}};
    for (const auto& row : rows) {
        const auto verdict = decide(row.conditions);
        EXPECT_EQ(verdict.matched, row.matched) << row.conditions;
        EXPECT_EQ(verdict.error, !row.matched) << row.conditions;
        if (!row.matched) EXPECT_THAT(verdict.reason, HasSubstr("expression failed: field 'lost' does not exist"));
    }
}

TEST(ConditionGroups, NameTheConditionThatDecidedAndTheValueThatItSaw) {
    const auto verdict = decide(fmt::format(
        R"({{"all": [{}, {{"any": [{{"field": "load", "operator": "less_than", "value": 0.5}}]}}]}})", kProd));

    EXPECT_EQ(verdict.condition, "conditions.all[1].any[0]");
    EXPECT_EQ(verdict.seen, to_text(0.9));
    EXPECT_FALSE(verdict.error);
    EXPECT_EQ(decide(R"({"all": [{"field": "x", "operator": "exists"}]})").seen, "");
}

TEST(ConditionGroups, AreAppliedToAnEventWithoutPayload) {
    EXPECT_FALSE(decide(fmt::format(R"({{"all": [{}]}})", kProd), nullptr).matched);
    EXPECT_TRUE(decide(fmt::format(R"({{"not": {}}})", kProd), nullptr).matched);
    EXPECT_FALSE(decide(R"({"time_window": {"to": "06:00"}})", nullptr).matched);
    EXPECT_TRUE(decide(R"({"all": [{"expression": "event.payload == null"}]})", nullptr).matched);
}

TEST(ConditionGroups, HaveWindowsOfTime) {
    const struct {
        std::string_view window;
        bool matched;
    } rows[] = {{R"({"from": "22:00", "to": "06:00"})", true},
                {R"({"from": "22:00", "to": "22:30"})", false},
                {R"({"from": "22:30", "to": "22:31"})", true},
                {R"({"from": "09:00", "to": "17:00", "timezone": "America/New_York"})", false},
                {R"({"from": "17:00", "to": "18:00", "timezone": "America/New_York"})", true},
                {R"({"days": ["fri"]})", true},
                {R"({"days": ["sat", "sunday"]})", false},
                {R"({"days": ["sat"], "timezone": "Asia/Tokyo"})", true},
                {R"({"from": "22:00", "to": "06:00", "days": ["sat"], "timezone": "Europe/Berlin"})", false}};
    for (const auto& row : rows) {
        const auto verdict = decide(fmt::format(R"({{"time_window": {}}})", row.window));
        EXPECT_EQ(verdict.matched, row.matched) << row.window;
    }
    EXPECT_EQ(decide(R"({"time_window": {"to": "06:00", "days": ["sat"], "timezone": "Asia/Tokyo"}})").reason,
              "conditions.time_window: Sat 2026-01-03 07:30 is outside 00:00 to 06:00 on sat, Asia/Tokyo");
}

TEST(ConditionGroups, KeepAWindowThatCrossesMidnightWithTheDayOnWhichItBegan) {
    const auto conditions =
        Conditions::compile(parse(R"({"time_window": {"from": "22:00", "to": "06:00", "days": ["fri"]}})")).value();
    const auto within = [&](std::string_view at) {
        return conditions.evaluate({EventId{1}, std::nullopt, "a.b", nullptr, parse_timestamp(at).value()}).matched;
    };
    EXPECT_FALSE(within("2026-01-02T05:00:00Z"));
    EXPECT_TRUE(within("2026-01-02T23:00:00Z"));
    EXPECT_TRUE(within("2026-01-03T05:59:59Z"));
    EXPECT_FALSE(within("2026-01-03T06:00:00Z"));
}

TEST(ConditionGroups, AreRefusedWithTheFieldAtFault) {
    const struct {
        std::string conditions;
        std::string_view field;
    } rows[] = {{R"({"all": {}})", "conditions.all"},
                {R"({"any": []})", "conditions.any"},
                {R"({"any": [5]})", "conditions.any[0]"},
                {R"({"any": [{}]})", "conditions.any[0]"},
                {R"({"not": []})", "conditions.not"},
                {R"({"all": [{"any": [{"field": "a", "operator": "like", "value": 1}]}]})",
                 "conditions.all[0].any[0].operator"},
                {R"({"all": [{"field": "a", "operator": "equals", "value": 1, "any": []}]})", "conditions.all[0].any"},
                {R"({"all": [{"expression": "1 +"}]})", "conditions.all[0].expression"},
                {R"({"all": [{"expression": "1", "note": 1}]})", "conditions.all[0].note"},
                {R"({"all": [{"throttle": {"per": "1m"}}]})", "conditions.all[0].throttle"},
                {R"({"not": {"debounce": {"wait": "1m"}}})", "conditions.not.debounce"},
                {R"({"time_window": {}})", "conditions.time_window"},
                {R"({"time_window": {"from": "25:00"}})", "conditions.time_window.from"},
                {R"({"time_window": {"days": ["mon", "someday"]}})", "conditions.time_window.days[1]"},
                {R"({"time_window": {"days": "mon"}})", "conditions.time_window.days"},
                {R"({"time_window": {"timezone": "Mars"}})", "conditions.time_window.timezone"},
                {R"({"not": {"time_window": {"until": "10:00"}}})", "conditions.not.time_window.until"},
                {fmt::format(R"({{"all": [{}], "note": 1}})", kProd), "conditions.note"},
                {R"({"expression": 5, "throttle": {"per": "1m"}})", "conditions.expression"}};
    for (const auto& row : rows) {
        const auto compiled = Conditions::compile(parse(row.conditions));
        ASSERT_FALSE(compiled) << row.conditions;
        EXPECT_EQ(compiled.error().field, row.field) << row.conditions;
        const auto stored = Conditions::compile_stored(parse(row.conditions));
        EXPECT_FALSE(decide(stored).matched) << row.conditions;
        EXPECT_TRUE(decide(stored).error) << row.conditions;
    }
}

std::string nested(std::size_t levels) {
    std::string out;
    for (std::size_t i = 0; i < levels; ++i) out += R"({"not": )";
    return out + std::string(kProd) + std::string(levels, '}');
}

TEST(ConditionGroups, AreBounded) {
    EXPECT_TRUE(decide(nested(16)).matched);
    EXPECT_THAT(Conditions::compile(parse(nested(17))).error().message, HasSubstr("at most 16 levels"));
    const json::object many{{"any", json::array(255, parse(kTest))}};
    const auto verdict = decide(Conditions::compile(many).value());
    EXPECT_FALSE(verdict.matched);
    EXPECT_LT(verdict.reason.size(), 1024U);
    EXPECT_THAT(verdict.reason, HasSubstr("252 more"));
    const auto refused = Conditions::compile(json::object{{"any", json::array(256, parse(kTest))}});
    EXPECT_EQ(refused.error().field, "conditions.any[255]");
}

} // namespace
} // namespace attune::logic::matching
