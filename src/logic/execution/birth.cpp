#include "logic/execution/birth.hpp"

#include "logic/retry/next_delay.hpp"
#include "logic/schema/defaults.hpp"

namespace attune::logic::execution {
namespace {

constexpr std::string_view kRetentionPolicy = "versions";
constexpr std::int64_t kRetentionLimit = 5;

constexpr std::string_view kShell = "core.shell";
constexpr std::string_view kBuiltin = "core.builtin";
constexpr std::string_view kDoesNothing = "null"; ///< the builtin that succeeds at once

/// Whether a worker starts a process for it. What it does itself is named by the entry point.
bool needs_process(const Action& action) {
    return action.runtime_ref != kBuiltin || action.entrypoint != kDoesNothing;
}

} // namespace

Execution new_run(const Action& action, Timestamp now) {
    Execution out;
    out.action = action.id;
    out.action_ref = action.ref;
    out.permission_set_refs = action.default_execution_permission_set_refs;
    out.artifact_retention_policy = action.artifact_retention_policy.value_or(std::string(kRetentionPolicy));
    out.artifact_retention_limit = action.artifact_retention_limit.value_or(kRetentionLimit);
    out.max_retries = action.max_retries;
    out.status = ExecutionStatus::scheduled;
    out.created = out.updated = now;
    out.scheduled_at = now;
    return out;
}

Execution run_of_rule(const Rule& rule, const Action& action, const Event& event, const Enforcement& enforcement,
                      Timestamp now) {
    auto out = new_run(action, now);
    auto config = enforcement.config.value_or(json::object{});
    if (action.param_schema) schema::fill_defaults(*action.param_schema, config);
    if (!config.empty()) out.config = std::move(config);
    out.event = enforcement.event;
    out.event_created = event.created;
    out.rule_ref = rule.ref;
    out.trigger_ref = enforcement.trigger_ref;
    out.executor = rule.owner_identity;
    if (rule.permission_set_refs) out.permission_set_refs = *rule.permission_set_refs;
    return out;
}

bool may_retry(const Execution& failed) {
    return failed.retry_count < failed.max_retries;
}

std::optional<Execution> retry_of(const Execution& failed, std::string_view reason, ExecutionId id, Timestamp now,
                                  double jitter01) {
    const retry::RetryPolicy policy{.max_retries = static_cast<int>(failed.max_retries)};
    const auto pause = retry::next_delay(policy, static_cast<int>(failed.retry_count) + 1, jitter01);
    if (!pause) return std::nullopt;
    Execution again = failed;
    again.id = id;
    again.status = ExecutionStatus::requested;
    again.worker.reset();
    again.worker_epoch.reset();
    again.claim = 0;
    again.result.reset();
    again.retry_count = failed.retry_count + 1;
    again.retry_reason = std::string(reason);
    again.original_execution = failed.original_execution.value_or(failed.id);
    again.due = now + *pause;
    again.event_created.reset(); // what it took to the first start is measured
    again.created = again.updated = now;
    again.scheduled_at.reset();
    again.started_at.reset();
    again.finished_at.reset();
    return again;
}

json::object requirement_of(const Action& action, const Execution* overrides) {
    json::object out;
    out["runtime"] = action.runtime_ref.value_or(std::string(kShell));
    if (!needs_process(action)) out["process"] = false;
    if (action.runtime_version_constraint) out["version"] = *action.runtime_version_constraint;
    if (!action.required_worker_runtimes.empty()) out["runtimes"] = action.required_worker_runtimes;
    const auto& selector =
        overrides != nullptr && overrides->worker_selector ? *overrides->worker_selector : action.worker_selector;
    const auto& tolerations = overrides != nullptr && overrides->worker_tolerations ? *overrides->worker_tolerations
                                                                                    : action.worker_tolerations;
    const auto& affinity =
        overrides != nullptr && overrides->worker_affinity ? *overrides->worker_affinity : action.worker_affinity;
    if (!selector.empty()) out["selector"] = selector;
    if (!tolerations.empty()) out["tolerations"] = tolerations;
    if (!affinity.empty()) out["affinity"] = affinity;
    return out;
}

} // namespace attune::logic::execution
