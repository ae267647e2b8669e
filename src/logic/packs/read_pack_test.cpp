#include "logic/packs/read_pack.hpp"

#include "logic/packs/runner_type.hpp"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::logic::packs {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// JSON is YAML enough for these tests, and needs no adapter.
Result<json::value> read_json(std::string_view text, std::string_view name) {
    if (text.empty()) return json::value(nullptr);
    auto value = parse_json(text);
    if (!value) value.error().message = fmt::format("{}: {}", name, value.error().message);
    return value;
}

/// Stands for an adapter.
Result<json::object> complete(json::object definition, const std::optional<std::string_view>& ics) {
    if (ics && *ics != "BEGIN") return invalid("ics", "is no calendar");
    if (ics) definition["events"] = json::array{{{"start", "2026-01-01"}}};
    return definition;
}

constexpr auto kHead = R"({"ref":"demo","version":"1.2.0"})";

Result<PackDefinition> read(std::map<std::string, std::string> texts) {
    texts.emplace("pack.yaml", kHead);
    FileTree files;
    for (auto& [path, text] : texts) files[path] = {text, false};
    return read_pack(files, read_json, complete);
}

std::string failure(std::map<std::string, std::string> texts) {
    const auto pack = read(std::move(texts));
    return pack ? "accepted" : pack.error().text();
}

TEST(ReadPack, ReadsTheHead) {
    const auto pack =
        read({{"pack.yaml", R"({"ref":"demo","name":"Demo","version":"1.2.3-rc.1","config_schema":{"a":{}},
        "metadata":{"m":1},"keywords":["k"],"dependencies":["core"],"is_standard":true,"unknown":1})"}});

    ASSERT_TRUE(pack) << pack.error().text();
    EXPECT_EQ(pack->pack.label, "Demo");
    EXPECT_EQ(pack->pack.version, "1.2.3-rc.1");
    EXPECT_TRUE(pack->pack.conf_schema.contains("a"));
    EXPECT_THAT(pack->pack.tags, ElementsAre("k"));
    EXPECT_TRUE(pack->pack.is_standard);
}

TEST(ReadPack, ReadsCalendarsAndTheirIcsFiles) {
    const auto pack = read({{"calendars/closed.yaml", R"({"ref":"demo.closed","definition":{"dates":["12-25"]}})"},
                            {"calendars/holidays.yaml", R"({"ref":"demo.holidays","label":"Holidays",
                             "description":"Public ones","ics":"calendars/de.ics"})"},
                            {"calendars/de.ics", "BEGIN"}});

    ASSERT_TRUE(pack) << pack.error().text();
    ASSERT_EQ(pack->calendars.size(), 2U);
    EXPECT_EQ(pack->calendars[0].label, "demo.closed");
    EXPECT_EQ(pack->calendars[0].definition, (json::object{{"dates", {"12-25"}}}));
    EXPECT_EQ(pack->calendars[1].label, "Holidays");
    EXPECT_EQ(pack->calendars[1].description, "Public ones");
    EXPECT_EQ(pack->calendars[1].definition, (json::object{{"events", json::array{{{"start", "2026-01-01"}}}}}));
}

TEST(ReadPack, RefusesABadCalendar) {
    const auto calendar = [](const char* text) { return failure({{"calendars/a.yaml", text}}); };
    EXPECT_THAT(calendar(R"({"ref":"demo.a","definition":{"dates":["2026-13-01"]}})"),
                HasSubstr("calendars/a.yaml:1: definition.dates[0]: "));
    EXPECT_THAT(calendar(R"({"ref":"demo.a","label":" ","definition":{"dates":["12-25"]}})"),
                HasSubstr("calendars/a.yaml:1: label: "));
    EXPECT_THAT(calendar(R"({"ref":"demo.a","ics":"no.ics"})"), HasSubstr("ics: the pack has no file 'no.ics'"));
    EXPECT_THAT(calendar(R"({"ref":"demo.a","ics":"no.ics","definition":{"events":[]}})"),
                HasSubstr("ics: expected no events"));
    EXPECT_THAT(calendar(R"({"ref":"other.a"})"), HasSubstr("belongs to another pack"));
}

TEST(ReadPack, RefusesABadHead) {
    const auto head = [](const char* text) { return failure({{"pack.yaml", text}}); };
    EXPECT_THAT(head(R"({"version":"1.0.0"})"), HasSubstr("pack.yaml: ref: is required"));
    EXPECT_THAT(head(R"({"ref":"Demo","version":"1.0.0"})"), HasSubstr("pack.yaml:1: ref: expected lower-case"));
    EXPECT_THAT(head(R"({"ref":"demo"})"), HasSubstr("pack.yaml: version: is required"));
    EXPECT_THAT(head(R"({"ref":"demo","version":1.0})"), HasSubstr("put quotes around it"));
    EXPECT_THAT(head(R"({"ref":"demo","version":"latest"})"), HasSubstr("got \"latest\""));
    EXPECT_THAT(head(R"({"ref":"demo","version":"1.0.0","name":" "})"), HasSubstr("pack.yaml:1: name: expected text"));
    EXPECT_THAT(head(R"({"ref":"demo","version":"1.0.0","config_schema":{"a":{"type":"x"}}})"),
                HasSubstr("pack.yaml:1: config_schema.a.type"));
    EXPECT_THAT(head(R"({"ref":"demo","version":"1.0.0","dependencies":{"core":"1"}})"),
                HasSubstr("pack.yaml:1: dependencies: expected an array"));
    EXPECT_THAT(head(R"({"ref":"demo","version":"1.0.0","keywords":"a"})"), HasSubstr("keywords: expected an array"));
    EXPECT_THAT(head("[1]"), HasSubstr("pack.yaml: body: expected an object"));
    EXPECT_THAT(head("{"), HasSubstr("pack.yaml"));
    EXPECT_THAT(read_pack({}, read_json, complete).error().text(), HasSubstr("pack.yaml: is missing"));
}

TEST(ReadPack, FindsAllThatIsWrongAtOnce) {
    std::vector<Error> problems;
    FileTree files;
    files["pack.yaml"].content = R"({"ref":"demo","version":"1.0.0"})";
    files["actions/a.yaml"].content = "{\n\"ref\":\"demo.a\",\n\"entry_point\":\"a b\",\n\"timeout_seconds\":0}";
    files["actions/b.yaml"].content = R"({"ref":"demo.b"})";
    files["triggers/t.yaml"].content = "{";
    files["rules/r.yaml"].content = R"({"ref":"demo.r","action_ref":"a"})";
    const auto read = read_pack(files, read_json, complete, &problems);

    ASSERT_FALSE(read);
    ASSERT_EQ(problems.size(), 4U);
    EXPECT_THAT(problems[0].text(), HasSubstr("triggers/t.yaml"));
    EXPECT_THAT(problems[1].text(), HasSubstr("actions/a.yaml:4: timeout_seconds: expected 1"));
    EXPECT_THAT(problems[2].text(), HasSubstr("actions/b.yaml: entry_point: is required"));
    EXPECT_THAT(problems[3].text(), HasSubstr("rules/r.yaml: trigger_ref: is required"));
    for (const auto& problem : problems) EXPECT_THAT(read.error().text(), HasSubstr(problem.message));
}

TEST(ReadPack, WarnsOfKeysThatAreNearlyKnownAndOfFilesThatAreNotThere) {
    const auto pack =
        read({{"actions/a.yaml", R"({"ref":"demo.a","entry_point":"a.sh","paramaters":{}, "author":"x"})"},
              {"actions/b.yaml", R"({"ref":"demo.b","entry_point":"echo $HOME/x"})"}});
    ASSERT_TRUE(pack);
    EXPECT_THAT(pack->warnings, ElementsAre(AllOf(HasSubstr("actions/a.yaml"), HasSubstr("did you mean 'parameters'?")),
                                            HasSubstr("actions/a.yaml: the pack has no file actions/a.sh")));
}

TEST(ReadPack, ReadsEveryKindOfComponent) {
    const auto pack = read({
        {"runtimes/lua.yaml", R"({"ref":"demo.lua","name":"Lua","aliases":["LUA5"],"execution_config":{"x":1}})"},
        {"triggers/t.yml", R"({"ref":"demo.t","parameters":{"type":"interval","seconds":10},"output":{"a":{}}})"},
        {"actions/a.yaml", R"({"ref":"demo.a","label":"A","entry_point":"a.lua","runner_type":"lua5",
            "parameter_format":"dotenv","output_format":"jsonl","timeout_seconds":30,"max_retries":2})"},
        {"actions/a.lua", "print(1)"},
        {"rules/r.yaml", R"({"ref":"demo.r","trigger_ref":"t","action_ref":"core.echo","enabled":false,
            "action_params":{"message":"hi"}})"},
        {"permission_sets/p.yaml", R"({"ref":"demo.p","grants":[{"resource":"packs","actions":["read"]}]})"},
    });

    ASSERT_TRUE(pack) << pack.error().text();
    EXPECT_THAT(pack->warnings, IsEmpty());
    EXPECT_THAT(pack->runtimes.at(0).aliases, ElementsAre("lua5"));
    EXPECT_EQ(to_text(json::value(*pack->triggers.at(0).param_schema)), R"({"type":"interval","seconds":10})");
    const auto& action = pack->actions.at(0);
    EXPECT_EQ(action.runtime_ref, "demo.lua");
    EXPECT_EQ(action.parameter_format, ParameterFormat::dotenv);
    EXPECT_EQ(action.output_format, OutputFormat::jsonl);
    EXPECT_EQ(action.timeout_seconds, 30);
    EXPECT_EQ(action.max_retries, 2);
    EXPECT_FALSE(action.is_adhoc);
    EXPECT_EQ(pack->rules.at(0).trigger_ref, "demo.t");
    EXPECT_EQ(pack->rules.at(0).action_ref, "core.echo");
    EXPECT_FALSE(pack->rules.at(0).enabled);
    EXPECT_EQ(pack->permission_sets.at(0).grants.size(), 1U);
}

TEST(ReadPack, SkipsComponentsWithoutARefWithAWarning) {
    const auto pack = read({{"actions/a.yaml", R"({"label":"A"})"}, {"actions/b.yaml", ""}});

    ASSERT_TRUE(pack);
    EXPECT_THAT(pack->actions, IsEmpty());
    EXPECT_THAT(pack->warnings, ElementsAre("actions/a.yaml: skipped: it has no 'ref'", HasSubstr("actions/b.yaml")));
}

TEST(ReadPack, SaysWhatItDoesNotRun) {
    const auto pack = read({{"sensors/s.yaml", R"({"ref":"demo.s"})"},
                            {"actions/w.yaml", R"({"ref":"demo.w","workflow_file":"workflows/w.yaml"})"},
                            {"actions/workflows/w.yaml", "{}"},
                            {"actions/lib/x.yaml", "no component"}});

    ASSERT_TRUE(pack) << pack.error().text();
    EXPECT_THAT(pack->warnings, ElementsAre(HasSubstr("actions/w.yaml: skipped"), HasSubstr("sensors/s.yaml: skipped"),
                                            HasSubstr("actions/workflows/w.yaml: skipped")));
}

TEST(ReadPack, RefusesForeignMalformedAndDoubledRefs) {
    EXPECT_THAT(failure({{"triggers/t.yaml", R"({"ref":"core.t"})"}}),
                HasSubstr("triggers/t.yaml:1: ref: belongs to another pack: expected 'demo.<name>', got 'core.t'"));
    EXPECT_THAT(failure({{"triggers/t.yaml", R"({"ref":"t"})"}}), HasSubstr("expected 'demo.<name>'"));
    EXPECT_THAT(failure({{"triggers/t.yaml", R"({"ref":7})"}}), HasSubstr("triggers/t.yaml:1: ref: expected a text"));
    EXPECT_THAT(failure({{"triggers/t.yaml", R"({"ref":"demo.t"})"}, {"triggers/u.yaml", R"({"ref":"demo.t"})"}}),
                HasSubstr("triggers/u.yaml:1: ref: 'demo.t' stands in another file"));
}

TEST(ReadPack, NamesFileAndFieldOfAWrongValue) {
    const auto action = [](std::string members) {
        return failure({{"actions/a.yaml", R"({"ref":"demo.a","entry_point":"a.sh",)" + members + "}"}});
    };
    EXPECT_THAT(action(R"("timeout_seconds":0)"), HasSubstr("actions/a.yaml:1: timeout_seconds: expected 1 to"));
    EXPECT_THAT(action(R"("max_retries":"3")"), HasSubstr("actions/a.yaml:1: max_retries: expected a whole number"));
    EXPECT_THAT(action(R"("parameter_format":"xml")"), HasSubstr("expected one of dotenv|json|yaml"));
    EXPECT_THAT(action(R"("entry_point":"../x.sh")"), HasSubstr("actions/a.yaml:1: "));
    EXPECT_THAT(failure({{"actions/a.yaml", R"({"ref":"demo.a"})"}}), HasSubstr("entry_point: is required"));
    EXPECT_THAT(failure({{"actions/a.yaml", R"({"ref":"demo.a","entry_point":"x/../../y"})"}}), HasSubstr("'..'"));
    EXPECT_THAT(failure({{"rules/r.yaml", R"({"ref":"demo.r","action_ref":"a"})"}}),
                HasSubstr("rules/r.yaml: trigger_ref: is required"));
    EXPECT_THAT(failure({{"permission_sets/p.yaml", R"({"ref":"demo.p","grants":[{"resource":"keys"}]})"}}),
                HasSubstr("permission_sets/p.yaml:1: grants[0].actions: is required"));
}

TEST(ReadPack, TakesWhatTheApiTakes) {
    EXPECT_EQ(failure({{"pack.yaml", R"({"ref":"demo","version":"1","dependencies":null})"}}), "accepted");
}

TEST(ReadPack, RefusesWhatTheApiRefuses) {
    const auto component = [](const char* path, const char* text) { return failure({{path, text}}); };
    EXPECT_THAT(component("triggers/t.yaml", R"({"ref":"demo.t","label":""})"),
                HasSubstr("triggers/t.yaml:1: label: "));
    EXPECT_THAT(component("triggers/t.yaml", R"({"ref":"demo.t","parameters":{"a":{"type":"x"}}})"),
                HasSubstr("triggers/t.yaml:1: parameters.a.type: "));
    EXPECT_THAT(component("actions/a.yaml", R"({"ref":"demo.a","entry_point":"a.sh","output":{"a":{"type":"x"}}})"),
                HasSubstr("actions/a.yaml:1: output.a.type: "));
    EXPECT_THAT(component("actions/a.yaml", R"({"ref":"demo.a","entry_point":"a.sh","runtime_version":"newest"})"),
                HasSubstr("actions/a.yaml:1: runtime_version: "));
    EXPECT_THAT(component("actions/a.yaml", R"({"ref":"demo.a","entry_point":"a.sh","log_retention_policy":"x"})"),
                HasSubstr("actions/a.yaml:1: log_retention_policy: "));
    EXPECT_THAT(component("rules/r.yaml", R"({"ref":"demo.r","trigger_ref":"t","action_ref":"a",
                                              "conditions":{"expression":"1 +"}})"),
                HasSubstr("rules/r.yaml:2: conditions.expression"));
    EXPECT_THAT(component("runtimes/r.yaml", R"({"ref":"demo.r","name":""})"), HasSubstr("runtimes/r.yaml:1: name: "));
    EXPECT_THAT(component("runtimes/r.yaml", R"({"ref":"demo.r","aliases":["a",""]})"),
                HasSubstr("runtimes/r.yaml:1: aliases[1]: "));
    EXPECT_THAT(component("permission_sets/p.yaml", R"({"ref":"demo.p","grants":[{"resource":"moon","actions":[]}]})"),
                HasSubstr("permission_sets/p.yaml:1: grants[0].resource: "));
}

TEST(CheckTimers, KnowsThePacksOwnCalendarsAndThoseInstalled) {
    const auto checked = [](const char* calendar) {
        const auto pack = read({{"calendars/own.yaml", R"({"ref":"demo.own","definition":{"dates":["12-25"]}})"},
                                {"rules/r.yaml", fmt::format(R"({{"ref":"demo.r","trigger_ref":"core.intervaltimer",
                                    "action_ref":"core.echo","trigger_params":{{"unit":"hours","interval":1,
                                    "calendars":["{}"]}}}})",
                                                             calendar)}});
        const std::map<std::string, schedule::Calendar> installed{
            {"ops.closed", *schedule::Calendar::compile({{"dates", json::array{"12-24"}}})}};
        const auto done = check_sources(*pack, schedule::lookup_in(installed));
        return done ? "" : done.error().field;
    };
    EXPECT_EQ(checked("demo.own"), "");
    EXPECT_EQ(checked("ops.closed"), "");
    EXPECT_EQ(checked("ops.other"), "demo.r.trigger_params.calendars[0]");
}

TEST(CheckTimers, RefusesATriggerThatIsNoSchedule) {
    const auto pack =
        read({{"triggers/t.yaml", R"({"ref":"demo.t","parameters":{"type":"cron","expression":"never"}})"}});

    ASSERT_TRUE(pack) << pack.error().text();
    EXPECT_THAT(check_sources(*pack, {}).error().field, HasSubstr("demo.t.param_schema.expression"));
}

TEST(ReadPack, IsBounded) {
    std::map<std::string, std::string> texts;
    for (std::size_t i = 0; i <= kMaxComponents; ++i) {
        texts[fmt::format("triggers/t{}.yaml", i)] = fmt::format(R"({{"ref":"demo.t{}"}})", i);
    }
    EXPECT_THAT(failure(std::move(texts)), HasSubstr("more than 2000 components"));
}

TEST(ResolveRunnerType, KnowsWellKnownWordsRefsAndThePacksOwnNames) {
    Runtime own;
    own.ref = "demo.lua";
    own.name = "Lua";
    EXPECT_EQ(resolve_runner_type("bash", {}).ref, "core.shell");
    EXPECT_EQ(resolve_runner_type("Node.js", {}).ref, "core.nodejs");
    EXPECT_EQ(resolve_runner_type("builtin", {}).ref, "core.native");
    EXPECT_EQ(resolve_runner_type("lua", {own}).ref, "demo.lua");
    EXPECT_EQ(resolve_runner_type("other.runtime", {own}).ref, "other.runtime");
    EXPECT_EQ(resolve_runner_type("ruby", {}).ref, "core.ruby");
    EXPECT_TRUE(resolve_runner_type("ruby", {}).guessed);
}

} // namespace
} // namespace attune::logic::packs
