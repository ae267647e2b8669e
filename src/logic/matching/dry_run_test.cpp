#include "logic/matching/dry_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::logic::matching {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Events of these hosts, a second apart.
struct Events {
    explicit Events(std::initializer_list<const char*> hosts) {
        for (const auto* host : hosts) payloads.push_back(json::object{{"host", json::string(host)}});
        for (std::size_t i = 0; i < payloads.size(); ++i) {
            const auto number = static_cast<std::int64_t>(i + 1);
            views.push_back({EventId{number}, {}, "a.seen", &payloads[i], Timestamp{} + Duration{1s} * number});
        }
    }
    std::vector<json::value> payloads;
    std::vector<EventView> views;
};

std::vector<Evaluation> run(std::string_view conditions, const Events& events) {
    return dry_run(Conditions::compile(parse_json(conditions).value()).value(), events.views);
}

std::vector<std::string_view> outcomes(std::string_view conditions, const Events& events) {
    std::vector<std::string_view> out;
    for (const auto& line : run(conditions, events)) out.push_back(enum_name(line.outcome));
    return out;
}

TEST(DryRun, SaysOfEachEventWhatWouldBecomeOfIt) {
    const Events events{"a", "b", "a"};
    EXPECT_THAT(outcomes("{}", events), ElementsAre("matched", "matched", "matched"));
    EXPECT_THAT(outcomes(R"({"expression": "event.payload.host == 'b'"})", events),
                ElementsAre("unmatched", "matched", "unmatched"));
    EXPECT_THAT(outcomes(R"({"expression": "event.payload.lost"})", events), ElementsAre("failed", "failed", "failed"));
}

TEST(DryRun, CountsRunsFromOneEventToTheNext) {
    const Events events{"a", "b", "a", "b", "a"};
    EXPECT_THAT(outcomes(R"({"throttle": {"limit": 2, "per": "4s"}})", events),
                ElementsAre("matched", "matched", "throttled", "throttled", "matched"));
    EXPECT_THAT(outcomes(R"({"throttle": {"per": "1h", "key": "event.payload.host"}})", events),
                ElementsAre("matched", "matched", "throttled", "throttled", "throttled"));
}

TEST(DryRun, TakesTheLastOfEachKey) {
    const Events events{"a", "b", "a", "b", "a"};
    const auto lines = run(R"({"debounce": {"wait": "1500ms", "key": "event.payload.host"}})", events);
    EXPECT_EQ(lines[0].outcome, EvaluationOutcome::matched) << "the next of its key comes after 2 s";
    EXPECT_THAT(outcomes(R"({"debounce": {"wait": "3s", "key": "event.payload.host"}})", events),
                ElementsAre("superseded", "superseded", "superseded", "matched", "matched"));
    EXPECT_THAT(outcomes(R"({"debounce": {"wait": "3s"}, "throttle": {"per": "1h"}})", events),
                ElementsAre("superseded", "superseded", "superseded", "superseded", "matched"));
}

TEST(DryRun, AKeyThatCannotBeToldIsNoMatch) {
    const auto lines = run(R"({"throttle": {"per": "1m", "key": "event.payload.lost"}})", Events{"a"});
    EXPECT_FALSE(lines[0].matched);
    EXPECT_EQ(lines[0].outcome, EvaluationOutcome::failed);
    EXPECT_EQ(lines[0].condition, "conditions.throttle.key");
    EXPECT_THAT(lines[0].reason, HasSubstr("'lost' does not exist"));
}

} // namespace
} // namespace attune::logic::matching
