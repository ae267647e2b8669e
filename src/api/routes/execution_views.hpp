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
BOOST_DESCRIBE_STRUCT(ExecutionListRow, (),
                      (id, action_ref, status, parent, enforcement, rule_ref, trigger_ref, original_execution, created,
                       updated, started_at, finished_at))

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
BOOST_DESCRIBE_STRUCT(ExecutionSummary, (),
                      (id, action_ref, status, parent, enforcement, rule_ref, trigger_ref, started_at, finished_at,
                       duration_ms, original_execution, created, updated))

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
BOOST_DESCRIBE_STRUCT(ExecutionResponse, (),
                      (id, action, action_ref, config, parent, enforcement, event, rule_ref, trigger_ref, executor,
                       permission_set_refs, artifact_retention_policy, artifact_retention_limit, worker_selector,
                       worker_tolerations, worker_affinity, worker, status, result, original_execution, started_at,
                       finished_at, duration_ms, created, updated))

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
BOOST_DESCRIBE_STRUCT(ExecutionStats, (), (total, completed, failed, running, pending, cancelled, timeout, abandoned))

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
BOOST_DESCRIBE_STRUCT(ExecutionChange, (),
                      (time, operation, entity_id, entity_ref, changed_fields, old_values, new_values))

ExecutionSummary summary_of(const ExecutionListRow& row);
ExecutionResponse response_of(const Execution& execution);

/// The changes that an execution's timestamps tell of, newest first.
std::vector<ExecutionChange> changes_of(const Execution& execution);

/// Between its start and its end, in milliseconds; nothing while either is missing.
std::optional<double> run_time_ms(const std::optional<Timestamp>& started, const std::optional<Timestamp>& finished);

} // namespace attune::api
