#include "api/workers/worker_views.hpp"

#include "logic/placement/worker_traits.hpp"

#include <cmath>

namespace attune::api {

ATTUNE_FIELDS(SupportedRuntime, name, versions);
ATTUNE_FIELDS(WorkerLoad, requested, scheduling, scheduled, running, canceling, total_active, max_concurrent_executions,
              utilization_percent, queue_depth, sensor_processes_running, sensor_processes_monitored, active_rules,
              max_concurrent_sensors);
ATTUNE_FIELDS(WorkerSummary, id, name, worker_type, worker_role, host, port, status, last_heartbeat,
              heartbeat_age_seconds, heartbeat_stale, cordoned, cordon_reason, cordoned_by, cordoned_at, health_state,
              supported_runtimes, load, capabilities, created, updated);

namespace {

constexpr Duration kStale = 90s;

WorkerLoad load_of(const Worker& worker, const HeldByStatus& held) {
    const auto count = [&](ExecutionStatus status) {
        const auto found = held.find(status);
        return found == held.end() ? 0 : found->second;
    };
    WorkerLoad out;
    out.scheduled = count(ExecutionStatus::scheduled);
    out.running = count(ExecutionStatus::running);
    out.canceling = count(ExecutionStatus::canceling);
    out.total_active = out.scheduled + out.running + out.canceling;
    out.queue_depth = out.scheduled;
    const auto* most = worker.capabilities.if_contains("max_concurrent_executions");
    if (most == nullptr || !most->is_int64() || most->get_int64() <= 0) return out;
    out.max_concurrent_executions = most->get_int64();
    out.utilization_percent = std::llround(100.0 * static_cast<double>(out.total_active) /
                                           static_cast<double>(*out.max_concurrent_executions));
    return out;
}

WorkerHealth health_of(const WorkerSummary& worker) {
    if (worker.cordoned) return WorkerHealth::cordoned;
    if (worker.status == WorkerStatus::error) return WorkerHealth::error;
    if (worker.heartbeat_stale) return WorkerHealth::offline;
    switch (worker.status) {
    case WorkerStatus::busy: return WorkerHealth::busy;
    case WorkerStatus::active: return WorkerHealth::active;
    case WorkerStatus::inactive: return WorkerHealth::inactive;
    case WorkerStatus::error: return WorkerHealth::error;
    }
    return WorkerHealth::error;
}

} // namespace

WorkerSummary summary_of(const Worker& worker, const HeldByStatus& held, Timestamp now) {
    WorkerSummary out;
    out.id = worker.id;
    out.name = worker.name;
    out.worker_type = worker.worker_type;
    out.worker_role = worker.worker_role;
    out.host = worker.host;
    out.status = worker.status;
    out.load = load_of(worker, held);
    if (worker.status == WorkerStatus::active && out.load.total_active > 0) out.status = WorkerStatus::busy;
    out.last_heartbeat = worker.last_heartbeat;
    const auto age = std::max(now - worker.last_heartbeat, Duration{0}); // another host's clock may be ahead
    out.heartbeat_age_seconds = age / 1s;
    out.heartbeat_stale = age > kStale;
    out.cordoned = worker.cordoned;
    out.cordon_reason = worker.cordon_reason;
    out.cordoned_by = worker.cordoned_by;
    out.cordoned_at = worker.cordoned_at;
    out.health_state = health_of(out);
    for (auto& runtime : logic::placement::traits_of(worker.capabilities).runtimes) {
        out.supported_runtimes.push_back({std::move(runtime.name), std::move(runtime.versions)});
    }
    out.created = worker.created;
    out.updated = worker.updated;
    return out;
}

} // namespace attune::api
