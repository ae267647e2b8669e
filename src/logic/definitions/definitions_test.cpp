#include "logic/definitions/definitions.hpp"

#include <gtest/gtest.h>

namespace attune::logic::definitions {
namespace {

json::object object(std::string_view text) {
    return parse_json(text)->get_object();
}

/// The field at fault, or "" when nothing is.
std::string field_of(const Result<void>& checked) {
    return checked ? "" : checked.error().field;
}

TEST(Definitions, ARulesTimerNamesTheParameterAtFault) {
    const auto field = [](std::string ref, std::string_view params) {
        Trigger trigger;
        trigger.ref = std::move(ref);
        return field_of(check_trigger_params(trigger, object(params), {}));
    };
    EXPECT_EQ(field("core.intervaltimer", R"({"unit":"seconds","interval":5})"), "");
    EXPECT_EQ(field("core.intervaltimer", R"({"unit":"seconds","interval":0})"), "trigger_params.interval");
    EXPECT_EQ(field("core.intervaltimer", R"({"unit":"days","interval":9000000})"), "trigger_params.interval");
    EXPECT_EQ(field("core.intervaltimer", R"({"unit":"years","interval":1})"), "trigger_params.unit");
    EXPECT_EQ(field("core.crontimer", R"({"expression":"61 * * * *"})").substr(0, 25), "trigger_params.expression");
    EXPECT_EQ(field("core.crontimer", R"({"expression":"* * * * *","timezone":"Mars/One"})"),
              "trigger_params.timezone");
}

TEST(Definitions, ParametersAreCheckedAgainstTheirSchema) {
    const auto schema = object(R"({"message":{"type":"string","required":true}})");
    EXPECT_EQ(field_of(check_action_params(schema, object(R"({"message":"{{ event.payload }}"})"))), "");
    EXPECT_EQ(field_of(check_action_params(schema, object(R"({"message":5})"))), "action_params.message");
    EXPECT_NE(field_of(check_action_params(schema, {})), "");
    Trigger hook;
    hook.ref = "mine.hook";
    EXPECT_EQ(field_of(check_trigger_params(hook, {}, {})), "");
    hook.param_schema = schema;
    EXPECT_NE(field_of(check_trigger_params(hook, {}, {})), "");
}

TEST(Definitions, ATriggersTimerMustBeASchedule) {
    Trigger trigger;
    trigger.label = "Ten";
    trigger.param_schema = object(R"({"type":"interval","seconds":10})");
    EXPECT_EQ(field_of(check_trigger(trigger)), "");
    EXPECT_EQ(field_of(check_trigger_source(trigger, {})), "");
    trigger.param_schema = object(R"({"type":"cron","expression":"never"})");
    EXPECT_EQ(field_of(check_trigger_source(trigger, {})).substr(0, 13), "param_schema.");
    trigger.param_schema = object(R"({"type":{"type":"nonsense"}})");
    EXPECT_EQ(field_of(check_trigger_source(trigger, {})), "");
    EXPECT_EQ(field_of(check_trigger(trigger)), "param_schema.type.type");
    trigger.label = "  ";
    EXPECT_EQ(field_of(check_trigger(trigger)), "label");
}

TEST(Definitions, AnActionStatesBoundsOfItsRuns) {
    Action action;
    action.label = "Echo";
    EXPECT_EQ(field_of(check_action(action)), "entrypoint");
    action.entrypoint = "echo hi";
    EXPECT_EQ(field_of(check_action(action)), "");
    action.entrypoint = "cd .. && ./../run.sh";
    EXPECT_EQ(field_of(check_action(action)), "") << "a script, and no path";
    for (const auto* path : {"..", "../x.py", "a/../../x", "a/.."}) {
        action.entrypoint = path;
        EXPECT_EQ(field_of(check_action(action)), "entrypoint") << path;
    }
    action.entrypoint = std::string(1025, 'x');
    EXPECT_EQ(field_of(check_action(action)), "entrypoint");
    action.entrypoint = "x";
    action.timeout_seconds = 0;
    EXPECT_EQ(field_of(check_action(action)), "timeout_seconds");
    action.timeout_seconds = 60;
    action.max_retries = -1;
    EXPECT_EQ(field_of(check_action(action)), "max_retries");
    action.max_retries = 0;
    action.log_retention_policy = "weeks";
    EXPECT_EQ(field_of(check_action(action)), "log_retention_policy");
    action.log_retention_policy.reset();
    action.runtime_version_constraint = "newest";
    EXPECT_EQ(field_of(check_action(action)), "runtime_version_constraint");
    action.runtime_version_constraint = ">=3.9, <4";
    action.required_worker_runtimes = {{"python", 3}};
    EXPECT_EQ(field_of(check_action(action)), "required_worker_runtimes.python");
    action.required_worker_runtimes.clear();
    action.worker_affinity = {{"required", json::array{json::object{}}}};
    EXPECT_EQ(field_of(check_action(action)), "worker_affinity.required[0]");
    action.worker_affinity.clear();
    EXPECT_EQ(field_of(check_action(action)), "");
}

TEST(Definitions, ConditionsAreCompiled) {
    Rule rule;
    rule.label = "R";
    EXPECT_EQ(field_of(check_rule(rule)), "");
    rule.conditions = json::value(object(R"({"expression":"1 +"})"));
    EXPECT_EQ(field_of(check_rule(rule)), "conditions.expression");
}

TEST(Definitions, APackHasALabelAVersionAndAListOfDependencies) {
    Pack pack;
    pack.label = "Demo";
    EXPECT_EQ(field_of(check_pack(pack)), "version");
    pack.version = "1";
    EXPECT_EQ(field_of(check_pack(pack)), "");
    pack.dependencies = json::object{{"core", "1"}};
    EXPECT_EQ(field_of(check_pack(pack)), "dependencies");
    pack.dependencies = json::array{};
    pack.tags = {"a", ""};
    EXPECT_EQ(field_of(check_pack(pack)), "tags[1]");
}

TEST(Definitions, ARuntimeHasANameAndAliasesInLowerCase) {
    Runtime runtime;
    EXPECT_EQ(field_of(check_runtime(runtime)), "name");
    runtime.name = "Lua";
    runtime.aliases = {std::string(256, 'x')};
    EXPECT_EQ(field_of(check_runtime(runtime)), "aliases[0]");
    runtime.aliases = lower_aliases({"LUA5", "lua"});
    EXPECT_EQ(runtime.aliases, (std::vector<std::string>{"lua5", "lua"}));
    EXPECT_EQ(field_of(check_runtime(runtime)), "");
}

TEST(Definitions, APermissionSetGrantsWhatIsKnown) {
    PermissionSet set;
    set.grants = parse_json(R"([{"resource":"packs","actions":["read"]}])")->get_array();
    EXPECT_EQ(field_of(check_permission_set(set)), "");
    set.grants = parse_json(R"([{"resource":"packs","actions":["fly"]}])")->get_array();
    EXPECT_EQ(field_of(check_permission_set(set)), "grants[0].actions[0]");
}

TEST(Definitions, ACalendarNamesTheMemberAtFault) {
    Calendar calendar;
    calendar.label = "Closed";
    calendar.definition = object(R"({"dates":["12-25"]})");
    EXPECT_TRUE(check_calendar(calendar));
    calendar.definition = object(R"({"dates":["2026-13-01"]})");
    EXPECT_EQ(check_calendar(calendar).error().field, "definition.dates[0]");
    calendar.definition = {};
    EXPECT_EQ(check_calendar(calendar).error().field, "definition.dates");
}

TEST(Definitions, ARuleLeaksNoSecretOfItsTrigger) {
    Trigger trigger;
    trigger.ref = "mine.hook";
    trigger.out_schema = object(R"({"token":{"type":"string","secret":true}})");
    Action action;
    action.param_schema = object(R"({"shown":{"type":"string"},"hidden":{"type":"string","secret":true}})");
    Rule rule;
    rule.action_params = object(R"({"hidden":"{{ event.payload.token }}"})");
    EXPECT_EQ(field_of(check_rule_links(rule, trigger, action, {}, {})), "");
    rule.action_params = object(R"({"shown":"{{ event.payload.token }}"})");
    EXPECT_EQ(field_of(check_rule_links(rule, trigger, action, {}, {})), "action_params.shown");
    rule.action_params = object(R"({"shown":5})");
    EXPECT_EQ(field_of(check_rule_links(rule, trigger, action, {}, {})), "action_params.shown");
}

} // namespace
} // namespace attune::logic::definitions
