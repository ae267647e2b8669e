#pragma once
#include "domain/execution.hpp"
#include "domain/worker.hpp"

namespace attune::api {

enum class WorkerHealth { active, busy, cordoned, offline, error, inactive };
ATTUNE_ENUM(WorkerHealth, active, busy, cordoned, offline, error, inactive)

struct SupportedRuntime {
    std::string name;
    std::vector<std::string> versions; ///< empty = not known
};
ATTUNE_STRUCT(SupportedRuntime);

/// What a worker holds. Members of sensor workers are null.
struct WorkerLoad {
    std::int64_t requested = 0;
    std::int64_t scheduling = 0;
    std::int64_t scheduled = 0;
    std::int64_t running = 0;
    std::int64_t canceling = 0;
    std::int64_t total_active = 0;
    std::optional<std::int64_t> max_concurrent_executions;
    std::optional<std::int64_t> utilization_percent;
    std::optional<std::int64_t> queue_depth;
    std::optional<std::int64_t> sensor_processes_running;
    std::optional<std::int64_t> sensor_processes_monitored;
    std::optional<std::int64_t> active_rules;
    std::optional<std::int64_t> max_concurrent_sensors;
};
ATTUNE_STRUCT(WorkerLoad);

struct WorkerSummary {
    WorkerId id;
    std::string name;
    std::string worker_type;
    std::string worker_role;
    std::optional<std::string> host;
    std::optional<std::int64_t> port;
    WorkerStatus status = WorkerStatus::active; ///< busy while it holds executions
    std::optional<Timestamp> last_heartbeat;
    std::optional<std::int64_t> heartbeat_age_seconds;
    bool heartbeat_stale = false;
    bool cordoned = false;
    std::optional<std::string> cordon_reason;
    std::optional<IdentityId> cordoned_by;
    std::optional<Timestamp> cordoned_at;
    WorkerHealth health_state = WorkerHealth::active;
    std::vector<SupportedRuntime> supported_runtimes;
    WorkerLoad load;
    Omittable<json::object> capabilities; ///< only of a single worker
    Timestamp created;
    Timestamp updated;
};
ATTUNE_STRUCT(WorkerSummary);

/// How many executions a worker holds in each state.
using HeldByStatus = std::map<ExecutionStatus, std::int64_t>;

WorkerSummary summary_of(const Worker& worker, const HeldByStatus& held, Timestamp now);

} // namespace attune::api
