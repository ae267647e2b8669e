#pragma once
// The filters of the lists of the flow's history, and the index that each is read by.
#include "api/flow/enforcements.hpp"
#include "api/flow/events.hpp"
#include "api/flow/executions.hpp"
#include "api/process/audit_events.hpp"
#include "domain/event.hpp"
#include "domain/execution.hpp"

namespace attune::test {

struct FilterPlan {
    const char* name;
    ListFilter filter;
    api::ListSource source;
    const char* index;
};
inline void PrintTo(const FilterPlan& one, std::ostream* out) {
    *out << one.name;
}

/// As if the definition with that id were the rare one.
inline std::optional<std::string> ref_of(const api::EventQuery& query) {
    return query.trigger ? std::optional<std::string>("a.b") : std::nullopt;
}
inline std::optional<std::string> ref_of(const api::EnforcementQuery& query) {
    return query.rule ? std::optional<std::string>("a.b") : std::nullopt;
}

template <class Query, class Fill>
FilterPlan plan(const char* name, api::ListSource source, const char* index, Fill fill) {
    Query query;
    fill(query);
    if constexpr (std::is_same_v<Query, api::ExecutionQuery>) {
        return {name, api::filter_of(query), source, index};
    } else {
        return {name, api::filter_of(query, ref_of(query)), source, index};
    }
}
template <class Fill>
FilterPlan events(const char* name, const char* index, Fill fill) {
    return plan<api::EventQuery>(name, api::kEventList, index, fill);
}
template <class Fill>
FilterPlan enforcements(const char* name, const char* index, Fill fill) {
    return plan<api::EnforcementQuery>(name, api::kEnforcementList, index, fill);
}
template <class Fill>
FilterPlan executions(const char* name, const char* index, Fill fill) {
    return plan<api::ExecutionQuery>(name, api::kExecutionList, index, fill);
}

/// By names of SQLite's indexes. "few": few rows, which may be sorted.
inline std::vector<FilterPlan> filter_plans() {
    return {events("trigger", "event_trigger", [](auto& q) { q.trigger = 1; }),
            events("trigger_ref", "event_trigger", [](auto& q) { q.trigger_ref = "a.b"; }),
            events("rule_ref", "event_rule", [](auto& q) { q.rule_ref = "a.b"; }),
            events("source", "event_source", [](auto& q) { q.source = 1; }),
            events("rule_ref_of_trigger_ref", "event_rule",
                   [](auto& q) {
                       q.trigger_ref = "a.b";
                       q.rule_ref = "a.c";
                   }),
            enforcements("rule", "enforcement_rule", [](auto& q) { q.rule = 1; }),
            enforcements("event", "enforcement_event", [](auto& q) { q.event = 1; }),
            enforcements("trigger_ref", "enforcement_trigger", [](auto& q) { q.trigger_ref = "a.b"; }),
            enforcements("rule_ref", "enforcement_rule", [](auto& q) { q.rule_ref = "a.b"; }),
            enforcements("status", "enforcement_status", [](auto& q) { q.status = EnforcementStatus::processed; }),
            enforcements("rule_ref_and_status", "enforcement_rule",
                         [](auto& q) {
                             q.rule_ref = "a.b";
                             q.status = EnforcementStatus::processed;
                         }),
            executions("ended", "execution_ended", [](auto& q) { q.status = ExecutionStatus::failed; }),
            executions("abandoned", "execution_ended", [](auto& q) { q.status = ExecutionStatus::abandoned; }),
            executions("unfinished", "execution_unfinished", [](auto& q) { q.status = ExecutionStatus::running; }),
            executions("action_ref", "execution_action", [](auto& q) { q.action_ref = "a.b"; }),
            executions("pack_name", "execution_pack", [](auto& q) { q.pack_name = "a"; }),
            executions("rule_ref", "execution_rule", [](auto& q) { q.rule_ref = "a.b"; }),
            executions("trigger_ref", "execution_trigger", [](auto& q) { q.trigger_ref = "a.b"; }),
            executions("executor", "execution_executor", [](auto& q) { q.executor = 1; }),
            executions("parent", "execution_parent", [](auto& q) { q.parent = 1; }),
            executions("few_of_enforcement", "execution_once", [](auto& q) { q.enforcement = 1; }),
            executions("result_contains", "autoindex_execution_1 (id>?)", [](auto& q) { q.result_contains = "x"; }),
            executions("rule_ref_and_ended", "execution_rule",
                       [](auto& q) {
                           q.status = ExecutionStatus::completed;
                           q.rule_ref = "a.b";
                       }),
            executions("action_ref_and_unfinished", "execution_unfinished",
                       [](auto& q) {
                           q.status = ExecutionStatus::scheduled;
                           q.action_ref = "a.b";
                       }),
            executions("all_at_once", "execution_parent", [](auto& q) {
                q.status = ExecutionStatus::completed;
                q.action_ref = "a.b";
                q.pack_name = "a";
                q.rule_ref = "a.b";
                q.trigger_ref = "a.b";
                q.executor = 1;
                q.parent = 1;
                q.top_level_only = true;
            })};
}

/// Of the audit log.
inline std::vector<FilterPlan> audit_plans() {
    std::vector<FilterPlan> out;
    const auto plan = [&](const char* name, const char* index, auto fill) {
        api::AuditQuery query;
        fill(query);
        out.push_back({name, api::filter_of(query), api::audit_list(), index});
    };
    plan("audit_request", "audit_event_request", [](auto& q) { q.request_id = "x"; });
    plan("audit_resource_ref", "audit_event_resource_ref", [](auto& q) { q.resource_ref = "a.b"; });
    plan("audit_resource_id", "audit_event_resource_id", [](auto& q) { q.resource_id = 1; });
    plan("audit_login", "audit_event_login", [](auto& q) { q.actor_login = "ada"; });
    plan("audit_ip", "audit_event_ip", [](auto& q) { q.actor_ip = "192.0.2.7"; });
    plan("audit_identity", "audit_event_identity", [](auto& q) { q.actor_identity = 1; });
    plan("audit_type", "audit_event_type", [](auto& q) { q.event_type = "pack.created"; });
    plan("audit_resource_type", "audit_event_resource_type", [](auto& q) { q.resource_type = "rule"; });
    plan("audit_category", "audit_event_category", [](auto& q) { q.category = AuditCategory::rbac; });
    plan("audit_outcome", "audit_event_outcome", [](auto& q) { q.outcome = AuditOutcome::denied; });
    plan("audit_of_somebody_denied", "audit_event_login", [](auto& q) {
        q.actor_login = "ada";
        q.outcome = AuditOutcome::denied;
        q.category = AuditCategory::rbac;
    });
    return out;
}

} // namespace attune::test
