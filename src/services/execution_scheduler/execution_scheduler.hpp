#pragma once
#include "domain/worker.hpp"
#include "flow/executions.hpp"
#include "services/execution_scheduler/stranded_work.hpp"
#include "services/role.hpp"

#include <unordered_map>

namespace attune::services {

/// Handles what the matcher could not settle at once: retries that come due, runs that wait for the last one of their
/// rule, and what lost workers leave behind. Any number may run: each step is a compare-and-set. On stop, the write in
/// hand is finished.
class ExecutionScheduler {
public:
    struct Options {
        std::int64_t batch = 500;
        Duration lease = 10s; ///< a worker unrenewed for all of this, on our own monotonic clock, is lost
        Duration unschedulable_after = 300s; ///< work that no live worker is able to run fails; 0 = it waits
    };
    ExecutionScheduler(Ports ports, Options options)
        : ports_(ports), options_(options), lost_(ports.metrics.counter(Metric::workers_lost)),
          stranded_(ports, options.unschedulable_after, options.lease / 3) {
        ports.metrics.counter(Metric::executions_scheduled); // shown from the start
    }

    task<void> run();
    /// How many executions a pass moved, and when the next retry was due as it began.
    struct Pass {
        std::size_t moved = 0;
        std::optional<Timestamp> next_due;
    };
    task<Result<Pass>> run_once();

private:
    struct Seen {
        std::vector<ExecutionId> due;
        std::optional<Timestamp> next_due;
        bool releasable = false;
        std::vector<Worker> workers;
        std::vector<WorkerId> inactive_holders;
    };
    struct Observed {
        Timestamp heartbeat;
        Duration since{}; ///< monotonic time at which this heartbeat was first seen
    };
    task<Result<void>> schedule(const std::vector<ExecutionId>& due);
    task<Result<std::size_t>> release_waiting();
    task<Result<void>> watch_workers(const Seen& found);
    bool is_silent(const Worker& worker, Duration seen);

    Ports ports_;
    Options options_;
    Counter& lost_;
    std::unordered_map<WorkerId, Observed> observed_;
    Duration last_look_{-1};
    StrandedWork stranded_;
};

} // namespace attune::services
