#pragma once
#include "domain/execution.hpp"

/// Executions as clients see them.
namespace attune::api {

/// An execution in a list; also what is read from the database for it.
struct ExecutionListRow {
    ExecutionId id;
    std::string action_ref;
    ExecutionStatus status = ExecutionStatus::requested;
    std::optional<ExecutionId> parent;
    std::optional<EnforcementId> enforcement;
    std::optional<std::string> rule_ref;
    std::optional<std::string> trigger_ref;
    std::optional<ExecutionId> original_execution;
    Timestamp created;
    Timestamp updated;
    std::optional<Timestamp> started_at;
    std::optional<Timestamp> finished_at;
};
ATTUNE_STRUCT(ExecutionListRow);

struct ExecutionSummary {
    ExecutionId id;
    std::string action_ref;
    ExecutionStatus status = ExecutionStatus::requested;
    std::optional<ExecutionId> parent;
    std::optional<EnforcementId> enforcement;
    std::optional<std::string> rule_ref;
    std::optional<std::string> trigger_ref;
    Omittable<Timestamp> started_at;
    Omittable<Timestamp> finished_at;
    Omittable<double> duration_ms;
    Omittable<ExecutionId> original_execution;
    Timestamp created;
    Timestamp updated;
};
ATTUNE_STRUCT(ExecutionSummary);

struct ExecutionResponse {
    ExecutionId id;
    std::optional<ActionId> action;
    std::string action_ref;
    std::optional<json::object> config;
    std::optional<ExecutionId> parent;
    std::optional<EnforcementId> enforcement;
    std::optional<EventId> event;
    std::optional<std::string> rule_ref;
    std::optional<std::string> trigger_ref;
    std::optional<IdentityId> executor;
    Omittable<std::vector<std::string>> permission_set_refs;
    Omittable<std::string> artifact_retention_policy;
    Omittable<std::int64_t> artifact_retention_limit;
    Omittable<json::object> worker_selector;
    Omittable<json::array> worker_tolerations;
    Omittable<json::object> worker_affinity;
    std::optional<WorkerId> worker;
    ExecutionStatus status = ExecutionStatus::requested;
    std::optional<json::value> result;
    Omittable<ExecutionId> original_execution;
    Omittable<Timestamp> started_at;
    Omittable<Timestamp> finished_at;
    Omittable<double> duration_ms;
    Timestamp created;
    Timestamp updated;
};
ATTUNE_STRUCT(ExecutionResponse);

/// How many executions are in which state.
struct ExecutionStats {
    std::int64_t total = 0;
    std::int64_t completed = 0;
    std::int64_t failed = 0;
    std::int64_t running = 0; ///< canceling ones among them
    std::int64_t pending = 0; ///< not started yet
    std::int64_t cancelled = 0;
    std::int64_t timeout = 0;
    std::int64_t abandoned = 0;
    void count(ExecutionStatus status, std::int64_t number);
};
ATTUNE_STRUCT(ExecutionStats);

/// One change of an execution.
struct ExecutionChange {
    Timestamp time;
    std::string operation; ///< INSERT or UPDATE
    ExecutionId entity_id;
    std::string entity_ref;
    std::vector<std::string> changed_fields;
    std::optional<json::object> old_values;
    std::optional<json::object> new_values;
};
ATTUNE_STRUCT(ExecutionChange);

ExecutionSummary summary_of(const ExecutionListRow& row);
ExecutionResponse response_of(const Execution& execution);

/// The changes that an execution's timestamps tell of, newest first.
std::vector<ExecutionChange> changes_of(const Execution& execution);

/// Between its start and its end, in milliseconds; nothing while either is missing.
std::optional<double> run_time_ms(const std::optional<Timestamp>& started, const std::optional<Timestamp>& finished);

} // namespace attune::api
