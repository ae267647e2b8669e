#include "api/routes/checks.hpp"

#include <gtest/gtest.h>

namespace attune::api {
namespace {

json::object object(std::string_view text) {
    return parse_json(text)->get_object();
}

/// The field at fault, or "" when nothing is.
std::string field_of(const Result<void>& checked) {
    return checked ? "" : checked.error().field;
}

TEST(Checks, ARefBelongsToItsPack) {
    EXPECT_EQ(field_of(check_component_ref("mine.one", "mine")), "");
    EXPECT_EQ(field_of(check_component_ref("mine.one", "other")), "ref");
    EXPECT_EQ(field_of(check_component_ref("mine.one.two", "mine")), "ref");
    EXPECT_EQ(field_of(check_component_ref("", "")), "ref");
    EXPECT_EQ(field_of(check_component_ref("Mine.one", "Mine")), "ref");
    EXPECT_EQ(field_of(check_pack_ref("../etc")), "ref");
}

TEST(Checks, VersionsAreNumbersWithDots) {
    for (const auto* good : {"1", "1.2", "1.2.3", "1.2.3-rc.1", "0.1.0+build"}) {
        EXPECT_EQ(field_of(check_version(good)), "") << good;
    }
    for (const auto* bad : {"", "v1", "1.", "1.2.3.4", "one"})
        EXPECT_EQ(field_of(check_version(bad)), "version") << bad;
}

TEST(Checks, ARulesTimerNamesTheParameterAtFault) {
    const auto field = [](std::string_view trigger, std::string_view params) {
        return field_of(check_trigger_params(trigger, std::nullopt, object(params), {}));
    };
    EXPECT_EQ(field("core.intervaltimer", R"({"unit":"seconds","interval":5})"), "");
    EXPECT_EQ(field("core.intervaltimer", R"({"unit":"seconds","interval":0})"), "trigger_params.interval");
    EXPECT_EQ(field("core.intervaltimer", R"({"unit":"days","interval":9000000})"), "trigger_params.interval");
    EXPECT_EQ(field("core.intervaltimer", R"({"unit":"years","interval":1})"), "trigger_params.unit");
    EXPECT_EQ(field("core.crontimer", R"({"expression":"61 * * * *"})").substr(0, 25), "trigger_params.expression");
    EXPECT_EQ(field("core.crontimer", R"({"expression":"* * * * *","timezone":"Mars/One"})"),
              "trigger_params.timezone");
}

TEST(Checks, ParametersAreCheckedAgainstTheirSchema) {
    const auto schema = object(R"({"message":{"type":"string","required":true}})");
    EXPECT_EQ(field_of(check_action_params(schema, object(R"({"message":"{{ event.payload }}"})"))), "");
    EXPECT_EQ(field_of(check_action_params(schema, object(R"({"message":5})"))), "action_params.message");
    EXPECT_NE(field_of(check_action_params(schema, {})), "");
    EXPECT_NE(field_of(check_trigger_params("mine.hook", schema, {}, {})), "");
    EXPECT_EQ(field_of(check_trigger_params("mine.hook", std::nullopt, {}, {})), "");
}

TEST(Checks, ATriggersTimerMustBeASchedule) {
    Trigger trigger;
    trigger.label = "Ten";
    trigger.param_schema = object(R"({"type":"interval","seconds":10})");
    EXPECT_EQ(field_of(check_trigger(trigger, {})), "");
    trigger.param_schema = object(R"({"type":"cron","expression":"never"})");
    EXPECT_EQ(field_of(check_trigger(trigger, {})).substr(0, 13), "param_schema.");
    trigger.label = "  ";
    EXPECT_EQ(field_of(check_trigger(trigger, {})), "label");
}

TEST(Checks, AnActionStatesBoundsOfItsRuns) {
    Action action;
    action.label = "Echo";
    EXPECT_EQ(field_of(check_action(action)), "entrypoint");
    action.entrypoint = "echo hi";
    EXPECT_EQ(field_of(check_action(action)), "");
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

TEST(Checks, ConditionsAreCompiled) {
    Rule rule;
    rule.label = "R";
    EXPECT_EQ(field_of(check_rule(rule)), "");
    rule.conditions = json::value(object(R"({"expression":"1 +"})"));
    EXPECT_EQ(field_of(check_rule(rule)), "conditions.expression");
}

} // namespace
} // namespace attune::api
