#pragma once
#include "base/reflect.hpp"

namespace attune {

enum class ExecutionStatus {
    requested,
    scheduling,
    scheduled,
    running,
    completed,
    failed,
    canceling,
    cancelled,
    timeout,
    abandoned
};
ATTUNE_ENUM(ExecutionStatus, requested, scheduling, scheduled, running, completed, failed, canceling, cancelled,
            timeout, abandoned)

/// Whether nothing changes any more.
constexpr bool is_final(ExecutionStatus status) {
    switch (status) {
    case ExecutionStatus::completed:
    case ExecutionStatus::failed:
    case ExecutionStatus::cancelled:
    case ExecutionStatus::timeout:
    case ExecutionStatus::abandoned: return true;
    case ExecutionStatus::requested:
    case ExecutionStatus::scheduling:
    case ExecutionStatus::scheduled:
    case ExecutionStatus::running:
    case ExecutionStatus::canceling: return false;
    }
    return false;
}

/// One run of an action. `claim` counts the times that a worker took the row and fences its writes.
struct Execution {
    ExecutionId id;
    std::optional<ActionId> action;
    std::string action_ref;
    std::optional<json::object> config;
    std::optional<json::object> env_vars;
    std::optional<ExecutionId> parent;
    std::optional<EnforcementId> enforcement;
    std::optional<EventId> event;
    std::optional<Timestamp> event_created; ///< when that was recorded; none in retries
    std::optional<std::string> rule_ref;
    std::optional<std::string> trigger_ref;
    std::optional<IdentityId> executor;
    std::vector<std::string> permission_set_refs;
    std::optional<std::string> artifact_retention_policy;
    std::optional<std::int64_t> artifact_retention_limit;
    std::optional<json::object> worker_selector;
    std::optional<json::array> worker_tolerations;
    std::optional<json::object> worker_affinity;
    PlacementId placement;
    ExecutionStatus status = ExecutionStatus::requested;
    std::optional<WorkerId> worker;
    std::optional<std::int64_t> worker_epoch;
    std::int64_t claim = 0;
    std::optional<json::value> result;
    std::int64_t retry_count = 0;
    std::int64_t max_retries = 0;
    std::optional<std::string> retry_reason;
    std::optional<ExecutionId> original_execution;
    std::optional<Timestamp> due;       ///< not before (a retry's delay)
    std::optional<RuleId> overlap_rule; ///< the rule whose runs exclude each other; none when they may overlap
    bool waiting = false;               ///< held back until no other run of `overlap_rule` is under way
    Timestamp created;
    Timestamp updated;
    std::optional<Timestamp> scheduled_at;
    std::optional<Timestamp> started_at;
    std::optional<Timestamp> finished_at;
};
ATTUNE_STRUCT(Execution);

/// A requirement on workers, interned: executions carry its id, so that a claim is one index read.
struct Placement {
    PlacementId id;
    std::string key;          ///< the canonical text of `requirement`
    json::object requirement; ///< {runtime, version?, selector?, tolerations?, affinity?}
};
ATTUNE_STRUCT(Placement);

/// A piece of an execution's output that does not fit its result, or is written while it runs.
struct OutputChunk {
    ExecutionId execution;
    std::string stream;        ///< "stdout" or "stderr"
    std::int64_t position = 0; ///< byte offset of the piece in the stream
    std::string content;
};
ATTUNE_STRUCT(OutputChunk);

} // namespace attune
