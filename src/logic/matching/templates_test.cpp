#include "logic/matching/templates.hpp"

#include "logic/matching/template_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

namespace attune::logic::matching {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

json::value parse(std::string_view text) {
    return parse_json(text).value();
}

class Templates : public testing::Test {
protected:
    json::value render(const json::value& params) {
        unresolved_.clear();
        const EventView event{
            EventId{7}, TriggerId{9}, "core.webhook", &payload_, parse_timestamp("2026-01-02T03:04:05Z").value(),
            &source_};
        const RenderContext context{event, &config_, parse_timestamp("2026-01-02T04:00:00Z").value(), RuleId{12},
                                    "demo.rule"};
        return ParamTemplate::compile(params).render(context, &unresolved_);
    }
    /// Of one parameter named p.
    std::string rendered(std::string_view text) { return to_text(render(json::object{{"p", text}}).at("p")); }

    json::value payload_ = parse(
        R"({"n": 5, "f": 1.5, "b": true, "none": null, "s": "text", "list": [1, {"x": "y"}], "o": {"k": "v", "0": "zero"}})");
    json::value source_ = parse(R"({"kind": "push", "headers": {"x-github-event": "push"}})");
    json::value config_ = parse(R"({"url": "http://x", "deep": {"n": 1}})");
    std::vector<std::string> unresolved_;
};

TEST_F(Templates, KeepTheTypeOfAValueThatStandsAlone) {
    const struct {
        std::string_view text;
        std::string_view expected;
    } rows[] = {{"{{ event.payload.n }}", "5"},
                {"{{event.payload.f}}", "1.5"},
                {"{{  event.payload.b  }}", "true"},
                {"{{ event.payload.none }}", "null"},
                {"{{ event.payload.s }}", R"("text")"},
                {"{{ event.payload.list }}", R"([1,{"x":"y"}])"},
                {"{{ event.payload.list.1.x }}", R"("y")"},
                {"{{ event.payload.o }}", R"({"k":"v","0":"zero"})"},
                {"{{ event.payload.o.0 }}", R"("zero")"},
                {"{{ event.config.headers.x-github-event }}", R"("push")"},
                {"{{ event.id }}", "7"},
                {"{{ event.trigger }}", R"("core.webhook")"},
                {"{{ event.created }}", R"("2026-01-02T03:04:05.000000Z")"},
                {"{{ pack.config.url }}", R"("http://x")"},
                {"{{ pack.config.deep.n }}", "1"},
                {"{{ pack.config }}", R"({"url":"http://x","deep":{"n":1}})"},
                {"{{ system.timestamp }}", R"("2026-01-02T04:00:00.000000Z")"},
                {"{{ system.rule.id }}", "12"},
                {"{{ system.rule.ref }}", R"("demo.rule")"}};
    for (const auto& row : rows) {
        EXPECT_EQ(rendered(row.text), row.expected) << row.text;
        EXPECT_THAT(unresolved_, IsEmpty()) << row.text;
    }
}

TEST_F(Templates, AreNullAndReportedWhenNothingIsThere) {
    for (const auto* path : {"event.payload.missing", "event.payload.list.2", "event.payload.list.-1",
                             "event.payload.n.x", "event.payload.", "event.payload..n", "event.payloads", "event.other",
                             "event", "pack.other", "pack.config.missing", "datastore.key", "trigger.ref",
                             "system.rule", "event.payload.n + 1", "upper(event.id)", "event.payload['n']", ""}) {
        EXPECT_EQ(rendered("{{ " + std::string(path) + " }}"), "null") << path;
        EXPECT_THAT(unresolved_, ElementsAre(path));
    }
}

TEST_F(Templates, BecomeTextInsideText) {
    EXPECT_EQ(rendered("n={{ event.payload.n }}, b={{ event.payload.b }}"), R"("n=5, b=true")");
    EXPECT_EQ(rendered("{{ event.payload.s }}{{ event.payload.s }}"), R"("texttext")");
    EXPECT_EQ(rendered(" {{ event.payload.n }}"), R"(" 5")");
    EXPECT_EQ(rendered("o={{ event.payload.o }} l={{ event.payload.list }}"),
              R"("o={\"k\":\"v\",\"0\":\"zero\"} l=[1,{\"x\":\"y\"}]")");
    EXPECT_EQ(rendered("[{{ event.payload.none }}{{ event.payload.missing }}]"), R"("[]")");
    EXPECT_THAT(unresolved_, ElementsAre("event.payload.missing"));
}

TEST_F(Templates, LeaveOtherTextAlone) {
    for (const auto* text :
         {"", "plain", "{{", "}}", "}} {{", "{ event.id }", "{{ event.id }", "a }} b", "{%% x %%}"}) {
        EXPECT_EQ(rendered(text), to_text(json::value(json::string(text)))) << text;
    }
    EXPECT_EQ(rendered("{{ {{ event.id }}"), R"("{{ 7")");
    EXPECT_EQ(rendered("{{{ event.id }}}"), R"("{7}")");
}

TEST_F(Templates, AreRenderedOnceOnly) {
    payload_.as_object()["s"] = "{{ event.id }}";

    EXPECT_EQ(rendered("{{ event.payload.s }}"), R"("{{ event.id }}")");
    EXPECT_EQ(rendered("x{{ event.payload.s }}"), R"("x{{ event.id }}")");
}

TEST_F(Templates, ReachIntoObjectsAndListsButNotIntoKeys) {
    const auto params = parse(R"({"a": [{"b": "{{ event.id }}"}, 2], "{{ event.id }}": 1, "c": {"d": "x"}})");

    EXPECT_EQ(to_text(render(params)), R"({"a":[{"b":7},2],"{{ event.id }}":1,"c":{"d":"x"}})");
}

TEST_F(Templates, CountParamsThatAreNoObjectAsEmpty) {
    for (const auto* params : {"null", "[\"{{ event.id }}\"]", "5", "\"{{ event.payload.o }}\""})
        EXPECT_EQ(to_text(render(parse(params))), "{}") << params;
}

TEST_F(Templates, KnowWhenTheyAreConstant) {
    EXPECT_TRUE(ParamTemplate::compile(parse(R"({"a": [1, {"b": "{ x }"}]})")).is_constant());
    EXPECT_TRUE(ParamTemplate::compile(parse("null")).is_constant());
    const auto used =
        ParamTemplate::compile(parse(R"({"a": "{{ event.id }}", "b": ["{{ pack.config.x }} {{ event.id }}"]})"));
    EXPECT_FALSE(used.is_constant());
    EXPECT_THAT(used.paths(), ElementsAre("event.id", "pack.config.x"));
}

TEST_F(Templates, ManageWithoutPayloadAndConfig) {
    const EventView event{EventId{7}, std::nullopt, "t.r", nullptr, Timestamp{}};
    const RenderContext context{event, nullptr, Timestamp{}, RuleId{1}, "a.b"};
    const auto params = parse(R"({"a": "{{ event.payload }}", "b": "<{{ pack.config.x }}>", "c": "{{ event.id }}"})");

    EXPECT_EQ(to_text(ParamTemplate::compile(params).render(context)), R"({"a":null,"b":"<>","c":7})");
}

TEST_F(Templates, StopInsertingBeforeTheResultIsTooLarge) {
    payload_ = json::object{{"big", json::string(1 << 20, 'x')}};
    json::array many;
    for (int i = 0; i < 100; ++i) many.emplace_back("{{ event.payload.big }}");

    const auto out = render(json::object{{"p", many}});

    EXPECT_LT(to_text(out).size(), 20U << 20U);
    EXPECT_THAT(unresolved_, ElementsAre("event.payload.big"));
}

TEST_F(Templates, SurviveAnyText) {
    std::mt19937 random(11);
    const std::vector<std::string> words = {
        "{{",      "}}", " ", "event", ".",        "payload",     "list",
        "0",       "x",  "{", "}",     "\xc3\xa9", "pack.config", "event.payload.list",
        "event.id"};
    for (int i = 0; i < 20'000; ++i) {
        std::string text;
        for (auto n = random() % 12; n > 0; --n) text += words[random() % words.size()];
        const auto parts = split_templates(text);
        std::size_t length = 0;
        for (const auto& part : parts) length += part.text.size();
        EXPECT_LE(length, text.size()) << text;
        const auto out = rendered(text);
        const bool plain = std::none_of(parts.begin(), parts.end(), [](const TextPart& part) { return part.is_path; });
        if (plain) EXPECT_EQ(out, to_text(json::value(json::string(text)))) << text;
    }
}

} // namespace
} // namespace attune::logic::matching
