#include "logic/execution/birth.hpp"
#include "logic/execution/transitions.hpp"

#include <gtest/gtest.h>

namespace attune::logic::execution {
namespace {

const Timestamp kNow = *parse_timestamp("2026-01-01T00:00:00Z");

Action action() {
    Action out;
    out.id = ActionId{7};
    out.ref = "demo.greet";
    out.runtime_ref = "core.shell";
    out.max_retries = 2;
    out.default_execution_permission_set_refs = {"demo.reader"};
    return out;
}

TEST(Births, TakeFromTheActionWhatNobodySaysOtherwise) {
    const auto run = new_run(action(), kNow);

    EXPECT_EQ(run.action, ActionId{7});
    EXPECT_EQ(run.action_ref, "demo.greet");
    EXPECT_EQ(run.permission_set_refs, std::vector<std::string>{"demo.reader"});
    EXPECT_EQ(run.max_retries, 2);
    EXPECT_EQ(run.artifact_retention_policy, "versions");
    EXPECT_EQ(run.artifact_retention_limit, 5);
    EXPECT_EQ(run.scheduled_at, kNow);
    EXPECT_TRUE(check_birth(run.status));
}

TEST(Births, OfARuleHaveItsReasonItsPermissionsAndTheDefaultsOfTheSchema) {
    auto greet = action();
    greet.param_schema =
        json::object{{"name", {{"type", "string"}}}, {"polite", {{"type", "boolean"}, {"default", true}}}};
    greet.artifact_retention_policy = "days";
    greet.artifact_retention_limit = 30;
    Rule rule;
    rule.ref = "demo.rule";
    rule.owner_identity = IdentityId{4};
    rule.permission_set_refs = std::vector<std::string>{};
    Event event;
    event.created = kNow - 1s;
    Enforcement enforcement;
    enforcement.event = EventId{9};
    enforcement.trigger_ref = "core.webhook";
    enforcement.config = json::object{{"name", "Ada"}};

    const auto run = run_of_rule(rule, greet, event, enforcement, kNow);

    EXPECT_EQ(run.config, (json::object{{"name", "Ada"}, {"polite", true}}));
    EXPECT_EQ(run.rule_ref, "demo.rule");
    EXPECT_EQ(run.trigger_ref, "core.webhook");
    EXPECT_EQ(run.event, EventId{9});
    EXPECT_EQ(run.event_created, kNow - 1s);
    EXPECT_EQ(run.executor, IdentityId{4});
    EXPECT_TRUE(run.permission_set_refs.empty()) << "the rule says: none";
    EXPECT_EQ(run.artifact_retention_policy, "days");
    EXPECT_EQ(run.artifact_retention_limit, 30);
}

TEST(Births, OfARetryNameTheFirstAttemptAndWait) {
    auto failed = new_run(action(), kNow);
    failed.id = ExecutionId{1};
    failed.status = ExecutionStatus::failed;
    failed.worker = WorkerId{3};
    failed.claim = 1;
    failed.result = json::object{{"error", "x"}};

    const auto second = retry_of(failed, "failed", ExecutionId{2}, kNow, 0.5);
    ASSERT_TRUE(second);
    const auto third = retry_of(*second, "failed", ExecutionId{3}, kNow, 0.5);
    ASSERT_TRUE(third);

    EXPECT_TRUE(check_birth(second->status));
    EXPECT_EQ(second->status, ExecutionStatus::requested);
    EXPECT_EQ(second->due, kNow + 1s);
    EXPECT_FALSE(second->worker || second->result || second->scheduled_at);
    EXPECT_EQ(second->claim, 0);
    EXPECT_EQ(second->artifact_retention_limit, 5);
    EXPECT_EQ(third->original_execution, ExecutionId{1});
    EXPECT_FALSE(may_retry(*third));
    EXPECT_FALSE(retry_of(*third, "failed", ExecutionId{4}, kNow, 0.5));
}

TEST(Requirements, SayWhatNeedsNoProcess) {
    auto null = action();
    null.runtime_ref = "core.builtin";
    null.entrypoint = "null";
    auto other = null;
    other.entrypoint = "something";

    EXPECT_EQ(to_text(requirement_of(null)), R"({"runtime":"core.builtin","process":false})");
    EXPECT_EQ(to_text(requirement_of(other)), R"({"runtime":"core.builtin"})");
    EXPECT_EQ(to_text(requirement_of(action())), R"({"runtime":"core.shell"})");
}

TEST(Requirements, OfTheRunComeBeforeThoseOfItsAction) {
    auto placed = action();
    placed.worker_selector = {{"zone", "a"}};
    Execution run;
    run.worker_selector = json::object{{"zone", "b"}};

    EXPECT_EQ(requirement_of(placed).at("selector"), (json::object{{"zone", "a"}}));
    EXPECT_EQ(requirement_of(placed, &run).at("selector"), (json::object{{"zone", "b"}}));
}

} // namespace
} // namespace attune::logic::execution
