#include "api/routes/execution_views.hpp"

#include <algorithm>

namespace attune::api {
namespace {

template <class T>
Omittable<T> omit(const std::optional<T>& value) {
    Omittable<T> out;
    if (value) out.emplace(*value);
    return out;
}

ExecutionChange change(const Execution& execution, Timestamp at, std::optional<ExecutionStatus> from,
                       ExecutionStatus to) {
    ExecutionChange out{at, from ? "UPDATE" : "INSERT", execution.id, execution.action_ref, {}, {}, {}};
    if (from) {
        out.changed_fields = {"status"};
        out.old_values = json::object{{"status", enum_name(*from)}};
    }
    out.new_values = json::object{{"status", enum_name(to)}};
    return out;
}

} // namespace

void ExecutionStats::count(ExecutionStatus status, std::int64_t number) {
    total += number;
    switch (status) {
    case ExecutionStatus::requested:
    case ExecutionStatus::scheduling:
    case ExecutionStatus::scheduled: pending += number; break;
    case ExecutionStatus::running:
    case ExecutionStatus::canceling: running += number; break;
    case ExecutionStatus::completed: completed += number; break;
    case ExecutionStatus::failed: failed += number; break;
    case ExecutionStatus::cancelled: cancelled += number; break;
    case ExecutionStatus::timeout: timeout += number; break;
    case ExecutionStatus::abandoned: abandoned += number; break;
    }
}

std::optional<double> run_time_ms(const std::optional<Timestamp>& started, const std::optional<Timestamp>& finished) {
    if (!started || !finished) return std::nullopt;
    return to_ms(*finished - *started);
}

ExecutionSummary summary_of(const ExecutionListRow& row) {
    ExecutionSummary out;
    out.id = row.id;
    out.action_ref = row.action_ref;
    out.status = row.status;
    out.parent = row.parent;
    out.enforcement = row.enforcement;
    out.rule_ref = row.rule_ref;
    out.trigger_ref = row.trigger_ref;
    out.started_at = omit(row.started_at);
    out.finished_at = omit(row.finished_at);
    out.duration_ms = omit(run_time_ms(row.started_at, row.finished_at));
    out.original_execution = omit(row.original_execution);
    out.created = row.created;
    out.updated = row.updated;
    return out;
}

ExecutionResponse response_of(const Execution& execution) {
    ExecutionResponse out;
    out.id = execution.id;
    out.action = execution.action;
    out.action_ref = execution.action_ref;
    out.config = execution.config;
    out.parent = execution.parent;
    out.enforcement = execution.enforcement;
    out.event = execution.event;
    out.rule_ref = execution.rule_ref;
    out.trigger_ref = execution.trigger_ref;
    out.executor = execution.executor;
    if (!execution.permission_set_refs.empty()) out.permission_set_refs = execution.permission_set_refs;
    out.artifact_retention_policy = omit(execution.artifact_retention_policy);
    out.artifact_retention_limit = omit(execution.artifact_retention_limit);
    out.worker_selector = omit(execution.worker_selector);
    out.worker_tolerations = omit(execution.worker_tolerations);
    out.worker_affinity = omit(execution.worker_affinity);
    out.worker = execution.worker;
    out.status = execution.status;
    out.result = execution.result;
    out.original_execution = omit(execution.original_execution);
    out.started_at = omit(execution.started_at);
    out.finished_at = omit(execution.finished_at);
    out.duration_ms = omit(run_time_ms(execution.started_at, execution.finished_at));
    out.created = execution.created;
    out.updated = execution.updated;
    return out;
}

std::vector<ExecutionChange> changes_of(const Execution& execution) {
    std::vector<ExecutionChange> out;
    auto at = ExecutionStatus::requested;
    out.push_back(change(execution, execution.created, std::nullopt, at));
    const auto became = [&](ExecutionStatus status, const std::optional<Timestamp>& when) {
        if (!when || status == at) return;
        out.push_back(change(execution, *when, at, status));
        at = status;
    };
    became(ExecutionStatus::scheduled, execution.scheduled_at);
    became(ExecutionStatus::running, execution.started_at);
    const bool over = is_final(execution.status);
    became(execution.status, over && execution.finished_at ? execution.finished_at : execution.updated);
    std::ranges::reverse(out);
    return out;
}

} // namespace attune::api
