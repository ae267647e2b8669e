#include "api/common/sse.hpp"
#include "api/flow/events.hpp"
#include "api/flow/execute.hpp"
#include "api/flow/executions.hpp"
#include "api/streams/hops.hpp"
#include "domain/action.hpp"
#include "domain/execution.hpp"

#include <gtest/gtest.h>

namespace attune::api {
namespace {

const Timestamp kNoon{std::chrono::seconds{1'800'000'000}};

EventRow an_event(std::int64_t id) {
    EventRow out;
    out.id = {id};
    out.trigger_ref = "core.intervaltimer";
    out.timer = TimerId{3};
    out.nominal = kNoon;
    out.created = kNoon + 300us;
    return out;
}

EventRow decided(EventRow event, json::value decision) {
    event.decided_at = event.created + 1500us;
    event.decision = std::move(decision);
    return event;
}

ExecutionRow an_execution(std::int64_t id, ExecutionStatus status) {
    ExecutionRow out;
    out.id = {id};
    out.action_ref = "core.echo";
    out.event = EventId{12};
    out.status = status;
    out.created = kNoon;
    out.updated = kNoon + 2ms;
    return out;
}

ExecuteRequest request_for(std::string action_ref) {
    ExecuteRequest out;
    out.action_ref = std::move(action_ref);
    out.parameters = json::object{};
    return out;
}

TEST(Hops, AnEventTellsHowLateItsTimerFired) {
    const auto hop = event_hop(an_event(12));
    EXPECT_EQ(hop.at("hop"), "event");
    EXPECT_EQ(hop.at("event"), 12);
    EXPECT_EQ(hop.at("source"), "timer");
    EXPECT_DOUBLE_EQ(hop.at("lateness_ms").as_double(), 0.3);
}

TEST(Hops, AnEventOfTheApiHasNoLateness) {
    auto event = an_event(12);
    event.timer.reset();
    event.nominal.reset();
    const auto hop = event_hop(event);
    EXPECT_EQ(hop.at("source"), "api");
    EXPECT_TRUE(hop.at("nominal").is_null());
    EXPECT_TRUE(hop.at("lateness_ms").is_null());
}

TEST(Hops, ADecisionNamesTheRulesThatMatchedAndThoseThatDidNot) {
    const auto decision = *parse_json(R"([
        {"rule":1,"rule_ref":"a.yes","matched":true,"reason":"no conditions","enforcement":5,"execution":6},
        {"rule":2,"rule_ref":"a.no","matched":false,"reason":"the rule is disabled"}])");
    const auto hop = decision_hop(decided(an_event(12), decision));
    EXPECT_EQ(to_text(hop.at("matched")), R"([{"rule_ref":"a.yes","enforcement":5,"execution":6}])");
    EXPECT_EQ(to_text(hop.at("unmatched")), R"([{"rule_ref":"a.no","reason":"the rule is disabled"}])");
    EXPECT_TRUE(hop.at("reason").is_null());
    EXPECT_DOUBLE_EQ(hop.at("latency_ms").as_double(), 1.5);
}

TEST(Hops, ADecisionWithoutRulesGivesItsReason) {
    const auto hop = decision_hop(decided(an_event(12), json::object{{"reason", "no enabled rule uses it"}}));
    EXPECT_EQ(hop.at("reason"), "no enabled rule uses it");
    EXPECT_TRUE(hop.at("matched").as_array().empty());
}

TEST(Hops, AnExecutionThatIsOverTellsItsDurationAndFirstLine) {
    auto row = an_execution(7, ExecutionStatus::completed);
    row.started_at = kNoon + 1ms;
    row.finished_at = kNoon + 5ms;
    row.result = json::object{{"stdout", "\n  hello \nworld\n"}};
    const auto hop = execution_hop(row);
    EXPECT_EQ(hop.at("status"), "completed");
    EXPECT_EQ(hop.at("summary"), "hello");
    EXPECT_DOUBLE_EQ(hop.at("duration_ms").as_double(), 4.0);
    EXPECT_DOUBLE_EQ(hop.at("latency_ms").as_double(), 5.0);
}

TEST(Hops, AFailureIsSummedUpByItsError) {
    auto row = an_execution(7, ExecutionStatus::failed);
    row.result = json::object{{"stdout", "hello"}, {"error", "exit code 3"}};
    EXPECT_EQ(execution_hop(row).at("summary"), "exit code 3");
}

TEST(ListFilter, NumbersItsValuesInOrder) {
    ListFilter filter;
    filter.add("a = $?", std::optional<std::string>("x"))
        .add("b = $?", std::optional<std::int64_t>())
        .add("c is null")
        .add("(d = $? or e = $?)", std::int64_t{4});
    EXPECT_EQ(filter.where(), " where a = $1 and c is null and (d = $2 or e = $2)");
    ASSERT_EQ(filter.values().size(), 2U);
    EXPECT_EQ(filter.values()[0].as_text(), "x");
    EXPECT_EQ(filter.values()[1].as_integer(), 4);
}

TEST(ListFilter, TextOfAClientIsNeverPartOfTheStatement) {
    ExecutionQuery query;
    query.action_ref = "x' or 1=1 --";
    query.result_contains = "50%_\\";
    const auto filter = filter_of(query);
    EXPECT_EQ(filter.where().find("1=1"), std::string::npos);
    EXPECT_EQ(filter.values().back().as_text(), R"(%50\%\_\\%)");
}

TEST(Sse, SplitsDataAtEveryKindOfLineEnd) {
    EXPECT_EQ(sse_message("a\nb\r\nc\rd", "append", "7"),
              "id: 7\nevent: append\ndata: a\ndata: b\ndata: c\ndata: d\n\n");
    EXPECT_EQ(sse_message(""), "data: \n\n");
}

TEST(Events, ReadTheRuleOfATriggerInstance) {
    EXPECT_EQ(rule_of_instance("rule_12"), RuleId{12});
    for (const auto* text :
         {"", "rule_", "rule_x", "rule_-1", "rule_0", "rule_12x", "12", "rule_99999999999999999999"}) {
        EXPECT_FALSE(rule_of_instance(text)) << text;
    }
}

TEST(Execute, FillsDefaultsAndInheritsFromTheAction) {
    Action action;
    action.id = {4};
    action.ref = "core.echo";
    action.max_retries = 2;
    action.param_schema = parse_json(R"({"message":{"type":"string","default":"hi"}})")->as_object();
    Caller caller;
    caller.identity = {9};
    const auto made = make_execution(request_for("core.echo"), action, caller, kNoon);
    ASSERT_TRUE(made) << made.error().text();
    EXPECT_EQ(to_text(json::value(*made->config)), R"({"message":"hi"})");
    EXPECT_EQ(made->status, ExecutionStatus::scheduled);
    EXPECT_EQ(made->scheduled_at, kNoon);
    EXPECT_EQ(made->max_retries, 2);
    EXPECT_EQ(made->executor, IdentityId{9});
    EXPECT_EQ(made->artifact_retention_limit, 5);
}

TEST(Execute, WhatAnExecutionOfNobodyStartsRunsForNobodyToo) {
    Caller caller;
    caller.token_type = TokenType::execution;

    const auto made = make_execution(request_for("core.null"), Action{}, caller, kNoon);

    ASSERT_TRUE(made) << made.error().text();
    EXPECT_EQ(made->executor, std::nullopt);
}

TEST(Execute, AnActionWithoutParametersHasNoConfig) {
    const auto made = make_execution(request_for("core.null"), Action{}, {}, kNoon);
    ASSERT_TRUE(made);
    EXPECT_FALSE(made->config);
}

TEST(Execute, RefusesParametersThatDoNotFit) {
    Action action;
    action.param_schema = parse_json(R"({"count":{"type":"integer","required":true}})")->as_object();
    ExecuteRequest request;
    request.parameters = json::object{{"count", "many"}};
    const auto made = make_execution(request, action, {}, kNoon);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Errc::invalid);
    EXPECT_EQ(made.error().field, "parameters.count");
}

TEST(Executions, ARunningActionMayReadItselfAndItsChildren) {
    Caller caller;
    caller.token_type = TokenType::execution;
    caller.metadata = json::object{{"execution_id", 5}};
    Execution own;
    own.id = {5};
    Execution child;
    child.id = {6};
    child.parent = ExecutionId{5};
    Execution other;
    other.id = {7};
    EXPECT_TRUE(require_on(caller, Right::read, own));
    EXPECT_TRUE(require_on(caller, Right::read, child));
    EXPECT_FALSE(require_on(caller, Right::read, other));
}

TEST(Executions, TheirTimestampsTellTheirHistory) {
    Execution execution;
    execution.id = {5};
    execution.status = ExecutionStatus::completed;
    execution.created = kNoon;
    execution.scheduled_at = kNoon;
    execution.started_at = kNoon + 1ms;
    execution.finished_at = kNoon + 3ms;
    const auto changes = changes_of(execution);
    ASSERT_EQ(changes.size(), 4U);
    EXPECT_EQ(changes.front().new_values->at("status"), "completed");
    EXPECT_EQ(changes.front().old_values->at("status"), "running");
    EXPECT_EQ(changes.back().operation, "INSERT");
}

TEST(Executions, StatsCountWhatHasNotStartedAsPending) {
    ExecutionStats stats;
    stats.count(ExecutionStatus::requested, 1);
    stats.count(ExecutionStatus::scheduled, 2);
    stats.count(ExecutionStatus::canceling, 3);
    stats.count(ExecutionStatus::completed, 4);
    EXPECT_EQ(stats.total, 10);
    EXPECT_EQ(stats.pending, 3);
    EXPECT_EQ(stats.running, 3);
}

} // namespace
} // namespace attune::api
