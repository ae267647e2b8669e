#include "logic/matching/conditions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::logic::matching {
namespace {

using testing::HasSubstr;

json::value parse(std::string_view text) {
    return parse_json(text).value();
}

Conditions compile(std::string_view text) {
    return Conditions::compile(parse(text)).value();
}

EventView event_with(const json::value& payload) {
    return {EventId{7}, TriggerId{9}, "core.webhook", &payload, Timestamp{}};
}

TEST(Pacing, StandsBesideAnyObjectOfConditions) {
    for (const auto* text : {R"({"throttle": {"per": "5m"}})", R"({"expression": "true", "throttle": {"per": "5m"}})",
                             R"({"any": [{"expression": "true"}], "throttle": {"per": 300}})"}) {
        const auto conditions = compile(text);
        EXPECT_TRUE(conditions.evaluate(event_with(json::object{})).matched) << text;
        ASSERT_TRUE(conditions.throttle()) << text;
        EXPECT_EQ(conditions.throttle()->runs.limit, 1) << text;
        EXPECT_EQ(conditions.throttle()->runs.per, 5min) << text;
        EXPECT_FALSE(conditions.debounce()) << text;
    }
    EXPECT_EQ(compile(R"({"debounce": {"wait": "1m30s"}})").debounce()->wait, 90s);
    EXPECT_FALSE(compile(R"({"expression": "true"})").throttle());
}

TEST(Pacing, GathersByTheValueOfItsKey) {
    const auto payload = parse(R"({"host": "web1", "n": 1, "long": ")" + std::string(300, 'x') + "\"}");
    const auto key = [&](std::string_view expression) {
        const json::object throttle{{"per", "1m"}, {"key", expression}};
        return Throttle::compile(throttle, "t").value().key.of(event_with(payload));
    };

    EXPECT_EQ(*Throttle::compile(parse(R"({"per": "1m"})"), "t")->key.of(event_with(payload)), "");
    EXPECT_EQ(*key("event.payload.host"), R"("web1")");
    EXPECT_EQ(*key("{{ [event.payload.host, event.payload.n] }}"), R"(["web1",1])");
    EXPECT_EQ(*key("event.trigger_ref"), R"("core.webhook")");
    EXPECT_THAT(key("event.payload.lost").error().message, HasSubstr("'lost' does not exist"));
    EXPECT_EQ(key("event.payload.long").error().code, Errc::too_large);
}

TEST(Pacing, IsRefusedWithTheFieldAtFault) {
    const struct {
        std::string_view conditions;
        std::string_view field;
    } rows[] = {{R"({"throttle": 5})", "conditions.throttle"},
                {R"({"throttle": {}})", "conditions.throttle.per"},
                {R"({"throttle": {"per": "0s"}})", "conditions.throttle.per"},
                {R"({"throttle": {"per": "32d"}})", "conditions.throttle.per"},
                {R"({"throttle": {"per": "soon"}})", "conditions.throttle.per"},
                {R"({"throttle": {"per": true}})", "conditions.throttle.per"},
                {R"({"throttle": {"per": -5}})", "conditions.throttle.per"},
                {R"({"throttle": {"per": "1m", "limit": 0}})", "conditions.throttle.limit"},
                {R"({"throttle": {"per": "1m", "limit": "3"}})", "conditions.throttle.limit"},
                {R"({"throttle": {"per": "1m", "limit": 1001}})", "conditions.throttle.limit"},
                {R"({"throttle": {"per": "1m", "key": 5}})", "conditions.throttle.key"},
                {R"({"throttle": {"per": "1m", "key": "1 +"}})", "conditions.throttle.key"},
                {R"({"throttle": {"per": "1m", "wait": "1m"}})", "conditions.throttle.wait"},
                {R"({"debounce": {}})", "conditions.debounce.wait"},
                {R"({"debounce": {"wait": "25h"}})", "conditions.debounce.wait"},
                {R"({"debounce": {"wait": "1m", "key": ""}})", "conditions.debounce.key"}};
    for (const auto& row : rows) {
        const auto compiled = Conditions::compile(parse(row.conditions));
        ASSERT_FALSE(compiled) << row.conditions;
        EXPECT_EQ(compiled.error().field, row.field) << row.conditions;
        const auto stored = Conditions::compile_stored(parse(row.conditions));
        EXPECT_FALSE(stored.evaluate(event_with(json::object{})).matched) << row.conditions;
    }
}

constexpr Timestamp at(Duration d) {
    return Timestamp{} + d;
}

TEST(Pacing, AdmitsSoManyRunsInAnySpan) {
    const RunLimit limit{.limit = 2, .per = 10s};
    std::vector<Timestamp> runs;
    EXPECT_TRUE(limit.admit(at(100s), runs));
    EXPECT_TRUE(limit.admit(at(109s), runs));
    EXPECT_FALSE(limit.admit(at(109s), runs));
    EXPECT_TRUE(limit.admit(at(110s), runs)) << "the first no longer counts";
    EXPECT_FALSE(limit.admit(at(118s), runs)) << "109 and 110 do";
    EXPECT_TRUE(limit.admit(at(119s), runs));
    EXPECT_EQ(runs.size(), 2U) << "what no longer counts is not kept";
}

TEST(Pacing, IsNotHeldUpForEverByAClockThatWasSetBack) {
    const RunLimit limit{.limit = 1, .per = 10s};
    std::vector<Timestamp> runs{at(5000s)};
    EXPECT_FALSE(limit.admit(at(100s), runs));
    EXPECT_FALSE(limit.admit(at(109s), runs));
    EXPECT_TRUE(limit.admit(at(110s), runs));
}

TEST(Pacing, AnEventIsFollowedByOneThatComesBeforeItIsDue) {
    const WaitingEvent events[] = {{{1}, at(0s), at(5s)},  {{2}, at(4s), at(9s)},   {{3}, at(9s), at(14s)},
                                   {{4}, at(9s), at(14s)}, {{5}, at(13s), at(14s)}, {{6}, at(20s), at(25s)}};
    const auto found = followers(events);
    EXPECT_EQ(found[0], EventId{2});
    EXPECT_EQ(found[1], std::nullopt) << "at its due time it is over";
    EXPECT_EQ(found[2], EventId{4});
    EXPECT_EQ(found[3], EventId{5});
    EXPECT_EQ(found[4], std::nullopt);
    EXPECT_EQ(found[5], std::nullopt);
    EXPECT_TRUE(followers({}).empty());
}

} // namespace
} // namespace attune::logic::matching
