// What people see: tables, objects, the live flow.
#include "app/cli/flow_renderer.hpp"
#include "app/cli/output.hpp"
#include "app/cli/rule_commands.hpp"
#include "app/cli/sse_parser.hpp"
#include "app/cli/table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::app::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

json::value parse(std::string_view text) {
    auto value = parse_json(text);
    EXPECT_TRUE(value) << text;
    return value ? *value : json::value();
}

TEST(Table, AlignsItsColumns) {
    const auto rows = parse(R"([{"ref":"a.b","enabled":true,"n":null},{"ref":"longer.ref","enabled":false}])");
    EXPECT_EQ(render_table(rows.get_array(), {{"REF", "ref"}, {"ENABLED", "enabled"}, {"N", "n"}}, 0),
              "REF         ENABLED  N\n"
              "a.b         true     -\n"
              "longer.ref  false    -\n");
}

TEST(Table, CutsTheWidestColumnToTheTerminal) {
    const auto rows = parse(R"([{"ref":"core.echo","text":"a rather long description of the thing"}])");
    EXPECT_EQ(render_table(rows.get_array(), {{"REF", "ref"}, {"TEXT", "text"}}, 24), "REF        TEXT\n"
                                                                                      "core.echo  a rather lon…\n");
}

TEST(Table, CountsCharactersNotBytes) {
    EXPECT_EQ(display_width("naïve"), 5U);
    EXPECT_EQ(display_width("漢字"), 4U);
    EXPECT_EQ(fit("漢字漢字", 5), "漢字…");
    EXPECT_EQ(fit("abc", 3), "abc");
    EXPECT_EQ(fit("abcd", 3), "ab…");
}

TEST(Table, LetsNoDataDriveTheTerminal) {
    EXPECT_EQ(fit("a\x1b[31mb\nc\x07", 99), "a?[31mb c?");
    EXPECT_EQ(fit("a\xC2\x9B"
                  "b",
                  99),
              "a?b");
    EXPECT_EQ(fit("\xff", 99), "\xEF\xBF\xBD");
}

TEST(Output, UnwrapsTheEnvelopesForPrograms) {
    const Command command{.path = "x", .text = "", .columns = {{"A", "a"}}};
    const auto list = parse(R"({"items":[{"a":1}],"pagination":{"page":1,"has_next":true}})");
    EXPECT_EQ(parse(render_answer(list, command, OutputForm::json, 0)), parse(R"([{"a":1}])"));
    EXPECT_EQ(render_answer(list, command, OutputForm::yaml, 0), "- a: 1\n");
    EXPECT_EQ(render_answer(list, command, OutputForm::table, 0), "A\n1\n(more: --page 2)\n");
    EXPECT_EQ(render_answer(parse(R"({"items":[]})"), command, OutputForm::table, 0), "Nothing to show.\n");
    EXPECT_EQ(render_answer(parse(R"({"success":true,"message":"Deleted"})"), command, OutputForm::table, 0),
              "Deleted\n");
    EXPECT_EQ(render_answer(parse(R"({"data":{"ref":"a","at":"2026-01-02T03:04:05.678901Z","o":{"x":1}}})"), command,
                            OutputForm::table, 0),
              "ref: a\nat:  2026-01-02T03:04:05Z\no:\n  {\n    \"x\": 1\n  }\n");
}

constexpr auto kEvent = R"({"hop":"event","event":12,"trigger_ref":"core.timer_10s","nominal":"2026-01-02T03:04:10Z",
    "at":"2026-01-02T03:04:10.0003Z","lateness_ms":0.3,"source":"timer"})";

TEST(FlowRenderer, ShowsEachHopAndTheWholeChainAtItsEnd) {
    FlowRenderer flow;
    EXPECT_THAT(flow.render(parse(kEvent)), ElementsAre("core.timer_10s fired (+0.3 ms) → event 12"));
    EXPECT_THAT(flow.render(parse(R"({"hop":"decision","event":12,"latency_ms":0.8,"matched":[{"rule_ref":
        "core.timer_echo_10s","enforcement":9,"execution":12}],"unmatched":[{"rule_ref":"a.b","reason":"x is not y"}],
        "reason":null})")),
                ElementsAre("event 12 → rule core.timer_echo_10s → enforcement 9 → execution 12 (+0.8 ms)",
                            "event 12: rule a.b does not match: x is not y"));
    EXPECT_THAT(flow.render(parse(R"({"hop":"execution","execution":12,"event":12,"action_ref":"core.echo",
        "rule_ref":"core.timer_echo_10s","status":"running","latency_ms":1.25,"duration_ms":null,"summary":null})")),
                ElementsAre("execution 12 of core.echo is running (+1.3 ms)"));
    EXPECT_EQ(flow.finished(), 0U);
    EXPECT_THAT(flow.render(parse(R"({"hop":"execution","execution":12,"event":12,"action_ref":"core.echo",
        "rule_ref":"core.timer_echo_10s","status":"completed","latency_ms":6,"duration_ms":4,
        "summary":"Hello World from timer trigger!"})")),
                ElementsAre("core.timer_10s fired (+0.3 ms) → event 12 → rule core.timer_echo_10s → execution 12 → "
                            "completed in 4 ms: Hello World from timer trigger!"));
    EXPECT_EQ(flow.finished(), 1U);
}

TEST(FlowRenderer, SaysWhyNothingHappened) {
    FlowRenderer flow;
    EXPECT_THAT(flow.render(parse(R"({"hop":"decision","event":3,"matched":[],"unmatched":[],
        "reason":"no rule uses this trigger","latency_ms":2})")),
                ElementsAre("event 3: no rule uses this trigger (+2 ms)"));
}

TEST(FlowRenderer, ShowsExecutionsWhoseBeginningItDidNotSee) {
    FlowRenderer flow;
    EXPECT_THAT(flow.render(parse(R"({"hop":"execution","execution":5,"event":null,"action_ref":"core.echo",
        "rule_ref":null,"status":"failed","duration_ms":12345.6,"summary":"exit 3"})")),
                ElementsAre("action core.echo → execution 5 → failed in 12.3 s: exit 3"));
    EXPECT_THAT(
        flow.render(parse(R"({"hop":"execution","execution":6,"event":4,"rule_ref":"a.r","status":"cancelled"})")),
        ElementsAre("event 4 → rule a.r → execution 6 → cancelled"));
}

TEST(FlowRenderer, IgnoresWhatIsNoHop) {
    FlowRenderer flow;
    for (const auto* text : {"1", "{}", R"({"hop":7})", R"({"hop":"other"})", "[]", "null"}) {
        EXPECT_THAT(flow.render(parse(text)), IsEmpty()) << text;
    }
    EXPECT_EQ(flow.render(parse(R"({"hop":"event","event":"x","lateness_ms":"y"})")).size(), 1U);
    EXPECT_THAT(flow.render(parse("{\"hop\":\"event\",\"event\":1,\"trigger_ref\":\"\\u001b[2J\"}")).at(0),
                HasSubstr("?[2J"));
}

TEST(FlowRenderer, WritesDurationsShortly) {
    EXPECT_EQ(render_ms(0), "0 ms");
    EXPECT_EQ(render_ms(0.04), "0 ms");
    EXPECT_EQ(render_ms(0.26), "0.3 ms");
    EXPECT_EQ(render_ms(4), "4 ms");
    EXPECT_EQ(render_ms(42.4), "42 ms");
    EXPECT_EQ(render_ms(12500), "12.5 s");
    EXPECT_EQ(render_ms(-1.5), "-1.5 ms");
}

TEST(SseParser, CutsTheStreamWhereverItIsSplit) {
    const std::string text =
        ": hello\n\nevent: append\nid: 7\ndata: one\ndata:\ndata: two\n\r\ndata: x\r\n\r\n: end\n\nid: 9\n\n";
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        SseParser parser;
        std::vector<std::string> got;
        const auto keep = [&](const SseMessage& m) { got.push_back(m.event + "|" + m.id + "|" + m.data); };
        parser.feed(std::string_view(text).substr(0, cut), keep);
        parser.feed(std::string_view(text).substr(cut), keep);
        EXPECT_THAT(got, ElementsAre("append|7|one\n\ntwo", "|7|x")) << cut;
    }
}

TEST(Why, SaysWhatKeepsARuleFromRunningAndWhatBecameOfEvents) {
    const auto told = parse(R"({"ref":"ops.greet","enabled":false,"trigger_ref":"ops.seen","trigger_enabled":null,
        "action_ref":"ops.act","action_exists":false,"blocked":["the rule is disabled"],
        "timer":{"state":"paused","schedule":"every 5 seconds","timezone":"UTC","next_fire_at":null},
        "events":[{"event":7,"created":"2026-01-02T03:04:05.000000Z","outcome":"throttled","reason":"no conditions",
                   "pacing":"it ran once within 1h"},
                  {"event":6,"created":"2026-01-02T03:04:04.000000Z","outcome":"failed","reason":"cannot compare",
                   "seen":"[1]"},
                  {"event":5,"created":"2026-01-02T03:04:03.000000Z","outcome":null,"reason":"made later"}],
        "executions":null})");
    EXPECT_EQ(render_explanation(told, 0), "ops.greet: disabled\n"
                                           "when ops.seen (gone) run ops.act (gone)\n"
                                           "timer: paused, every 5 seconds (UTC)\n"
                                           "! the rule is disabled\n"
                                           "last events of its trigger:\n"
                                           "  2026-01-02T03:04:05Z  event 7  throttled  it ran once within 1h\n"
                                           "  2026-01-02T03:04:04Z  event 6  failed  cannot compare (saw [1])\n"
                                           "  2026-01-02T03:04:03Z  event 5  not met  made later\n"
                                           "you may not read executions\n");
}

} // namespace
} // namespace attune::app::cli
