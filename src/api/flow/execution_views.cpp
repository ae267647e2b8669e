#include "api/flow/execution_views.hpp"

#include "base/reflect.hpp"

#include <algorithm>

namespace attune::api {

ATTUNE_FIELDS(ExecutionListRow, id, action_ref, status, parent, enforcement, rule_ref, trigger_ref, original_execution,
              created, updated, started_at, finished_at);
ATTUNE_FIELDS(ExecutionSummary, id, action_ref, status, parent, enforcement, rule_ref, trigger_ref, started_at,
              finished_at, duration_ms, original_execution, created, updated);
ATTUNE_FIELDS(ExecutionResponse, id, action, action_ref, config, parent, enforcement, event, rule_ref, trigger_ref,
              executor, permission_set_refs, artifact_retention_policy, artifact_retention_limit, worker_selector,
              worker_tolerations, worker_affinity, worker, status, result, original_execution, started_at, finished_at,
              duration_ms, created, updated);
ATTUNE_FIELDS(ExecutionStats, total, completed, failed, running, pending, cancelled, timeout, abandoned);
ATTUNE_FIELDS(ExecutionChange, time, operation, entity_id, entity_ref, changed_fields, old_values, new_values);

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
    auto out = view_of<ExecutionSummary>(row);
    out.duration_ms = omit(run_time_ms(row.started_at, row.finished_at));
    return out;
}

ExecutionResponse response_of(const Execution& execution) {
    auto out = view_of<ExecutionResponse>(execution);
    out.duration_ms = omit(run_time_ms(execution.started_at, execution.finished_at));
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
