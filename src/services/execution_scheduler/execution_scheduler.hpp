#pragma once
#include "flow/executions.hpp"
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
    };
    ExecutionScheduler(Ports ports, Options options)
        : ports_(ports), options_(options), scheduled_(ports.metrics.counter(Metric::executions_scheduled)),
          lost_(ports.metrics.counter(Metric::workers_lost)) {}

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
    };
    struct Observed {
        Timestamp heartbeat;
        Duration since{}; ///< monotonic time at which this heartbeat was first seen
        std::int64_t recovered_epoch = 0;
    };
    task<Result<void>> schedule(const std::vector<ExecutionId>& due);
    task<Result<std::size_t>> release_waiting();
    task<Result<void>> watch_workers(const std::vector<Worker>& workers);
    task<Result<void>> recover(const Worker& worker);

    Ports ports_;
    Options options_;
    Counter& scheduled_;
    Counter& lost_;
    std::unordered_map<WorkerId, Observed> observed_;
    Duration last_look_{-1};
};

} // namespace attune::services
