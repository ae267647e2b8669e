// Seeded random conditions: nothing that can be written crashes, hangs, or goes without a verdict.
#include "base/text.hpp"
#include "logic/matching/comparison.hpp"
#include "logic/matching/conditions.hpp"

#include <gtest/gtest.h>
#include <random>

namespace attune::logic::matching {
namespace {

class Generator {
public:
    explicit Generator(unsigned seed) : random_(seed) {}

    /// Random JSON made of the words that matter here.
    json::value any_json(int depth) {
        switch (below(depth > 0 ? 7 : 5)) {
        case 0: return nullptr;
        case 1: return static_cast<std::int64_t>(below(3));
        case 2: return below(2) == 0;
        case 3:
        case 4: return json::string(word());
        case 5: return list_of([&] { return any_json(depth - 1); });
        default: {
            json::object object;
            for (auto n = below(4); n > 0; --n) object[word()] = any_json(depth - 1);
            return object;
        }
        }
    }

    /// Mostly well-formed, so that evaluation is reached.
    json::value conditions(int depth) {
        json::object out;
        for (auto n = 1 + below(2); n > 0; --n) {
            switch (depth > 0 ? below(7) : 3) {
            case 0: out["all"] = list_of([&] { return conditions(depth - 1); }, 1); break;
            case 1: out["any"] = list_of([&] { return conditions(depth - 1); }, 1); break;
            case 2: out["not"] = conditions(depth - 1); break;
            case 4: out["expression"] = expression(); break;
            case 5: out["time_window"] = window(); break;
            default: return out.empty() ? comparison() : json::value(out);
            }
        }
        return out;
    }

    json::value paced(json::value conditions) {
        auto* object = conditions.if_object();
        if (object == nullptr || object->contains("field")) return conditions;
        if (below(3) == 0) (*object)["throttle"] = json::object{{"per", "1m"}, {"key", expression()}};
        if (below(3) == 0) (*object)["debounce"] = json::object{{"wait", "1m"}, {"key", expression()}};
        return conditions;
    }

    json::value comparison() {
        static constexpr std::string_view kFields[] = {"x", "payload.x", "tags.0", "lost", "o.k", "tags"};
        static const std::vector<std::string_view> kValues = {
            "1", "\"a\"", "[1, 2]", "true", "null", R"(["a", "b"])", "\"[a-z]+\"", "{}", "1e300", "-5", "\"\""};
        const auto operators = enum_names<Operator>();
        return json::object{{"field", kFields[below(std::size(kFields))]},
                            {"operator", operators[below(operators.size())]},
                            {"value", parse_json(kValues[below(kValues.size())]).value()}};
    }

    std::size_t below(std::size_t bound) { return random_() % bound; }

private:
    template <class Make>
    json::array list_of(Make&& make, std::size_t least = 0) {
        json::array list;
        for (auto n = least + below(3); n > 0; --n) list.push_back(make());
        return list;
    }
    std::string_view word() {
        static const std::vector<std::string_view> kWords = {"field",
                                                             "operator",
                                                             "value",
                                                             "expression",
                                                             "equals",
                                                             "contains",
                                                             "payload.x",
                                                             "x",
                                                             "",
                                                             "event.id",
                                                             "{{",
                                                             "tags.0",
                                                             "in",
                                                             "not_equals",
                                                             "all",
                                                             "any",
                                                             "not",
                                                             "days",
                                                             "throttle",
                                                             "debounce",
                                                             "key",
                                                             "time_window",
                                                             "10:00",
                                                             "from",
                                                             "to",
                                                             "per",
                                                             "1m",
                                                             "matches",
                                                             "event.payload.x == 1",
                                                             "mon",
                                                             "limit",
                                                             "wait",
                                                             "timezone",
                                                             "Europe/Berlin",
                                                             "between"};
        return kWords[below(kWords.size())];
    }
    json::value expression() {
        static constexpr std::string_view kExpressions[] = {
            "event.payload.x == 1", "event.payload.lost", "event.id", "{{ event.payload.tags }}", "1 / 0",
            "'a' in event.payload"};
        return json::string(kExpressions[below(std::size(kExpressions))]);
    }
    json::value window() {
        static constexpr std::string_view kTimes[] = {"00:00", "09:30", "24:00", "23:59:59"};
        return json::object{{"from", kTimes[below(2)]}, {"to", kTimes[below(4)]}};
    }
    std::mt19937 random_;
};

EventView event_with(const json::value& payload) {
    return {EventId{7}, TriggerId{9}, "core.webhook", &payload, parse_timestamp("2026-01-02T03:04:05Z").value()};
}

/// What the strict reading accepts, the lenient one reads the same; the rest never matches.
void expect_a_verdict(const json::value& conditions, const json::value& payload) {
    const auto event = event_with(payload);
    const auto stored = Conditions::compile_stored(conditions);
    const auto verdict = stored.evaluate(event);
    EXPECT_FALSE(verdict.reason.empty()) << to_text(conditions);
    EXPECT_LT(verdict.reason.size(), 1500U) << to_text(conditions);
    EXPECT_TRUE(is_valid_utf8(verdict.reason)) << to_text(conditions);
    const auto strict = Conditions::compile(conditions);
    if (!strict) {
        EXPECT_EQ(verdict.matched, payload.is_null()) << to_text(conditions);
        EXPECT_FALSE(strict.error().field.empty()) << to_text(conditions);
        return;
    }
    EXPECT_EQ(strict->evaluate(event).reason, verdict.reason) << to_text(conditions);
    if (strict->throttle()) static_cast<void>(strict->throttle()->key.of(event));
    if (strict->debounce()) static_cast<void>(strict->debounce()->key.of(event));
}

TEST(ConditionsFuzz, GiveAVerdictWithAReasonForAnyJson) {
    Generator generator(5);
    for (int i = 0; i < 20'000; ++i) {
        const auto conditions = generator.any_json(4);
        expect_a_verdict(conditions, generator.any_json(2));
    }
}

TEST(ConditionsFuzz, GiveAVerdictWithAReasonForNestedConditions) {
    Generator generator(6);
    const auto payload = parse_json(R"({"x": 1, "tags": ["a", 2], "o": {"k": "text"}})").value();
    int valid = 0;
    for (int i = 0; i < 20'000; ++i) {
        const auto conditions = generator.paced(generator.conditions(i % 5));
        if (Conditions::compile(conditions)) ++valid;
        expect_a_verdict(conditions, payload);
    }
    EXPECT_GT(valid, 3'000);
}

TEST(ConditionsFuzz, AnyOfAListIsTheOppositeOfNoneOfIt) {
    Generator generator(7);
    const auto payload = parse_json(R"({"x": 1, "tags": ["a", 2], "o": {"k": "text"}})").value();
    const auto event = event_with(payload);
    for (int i = 0; i < 5'000; ++i) {
        json::array all;
        json::array none;
        for (auto n = 1 + generator.below(3); n > 0; --n) {
            auto one = generator.comparison();
            none.push_back(json::object{{"not", one}});
            all.push_back(std::move(one));
        }
        const auto any = Conditions::compile(json::object{{"any", all}});
        const auto not_none = Conditions::compile(json::object{{"not", json::object{{"all", none}}}});
        ASSERT_EQ(any.has_value(), not_none.has_value()) << to_text(all);
        if (any) EXPECT_EQ(any->evaluate(event).matched, not_none->evaluate(event).matched) << to_text(all);
    }
}

} // namespace
} // namespace attune::logic::matching
