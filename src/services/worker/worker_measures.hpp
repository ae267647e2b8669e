#pragma once
#include "domain/execution.hpp"
#include "flow/endings.hpp"
#include "runtime/metrics.hpp"

namespace attune::services {

/// What a worker measures. Executions that need no process are counted, and not timed.
class WorkerMeasures {
public:
    explicit WorkerMeasures(Metrics& metrics);

    /// Taken by a claim that was committed at `now`.
    void claimed(const std::vector<Execution>& executions, Timestamp now);
    /// `running` was committed at `now`; taken at `claimed_at`.
    void started(const Execution& execution, Timestamp claimed_at, Timestamp now);
    /// Its final state was committed. How it ended is counted by the change itself.
    void finished(const flow::Completion& completion);

    Gauge& slots;
    Gauge& busy;
    Gauge& registered;
    Histogram& spawn;

private:
    Counter& claimed_;
    Histogram& claim_delay_;
    Histogram& start_delay_;
    Histogram& from_event_;
    Histogram& run_;
};

} // namespace attune::services
