#pragma once
#include "flow/executions.hpp"
#include "runtime/metrics.hpp"

namespace attune::services {

/// What a worker counts. Executions of core.null, which are taken and completed in one write, are counted and not
/// timed.
class WorkerMeasures {
public:
    explicit WorkerMeasures(Metrics& metrics);

    /// Taken by a claim that was committed at `now`.
    void claimed(const std::vector<Execution>& executions, Timestamp now);
    /// `running` was committed at `now`; taken at `claimed_at`.
    void started(const Execution& execution, Timestamp claimed_at, Timestamp now);
    /// Its final state was committed.
    void finished(const flow::Completion& completion);
    void settled_null(std::size_t count);

    Gauge& slots;
    Gauge& busy;
    Gauge& registered;
    Histogram& spawn;

private:
    Counter& claimed_;
    CounterSet finished_;
    Histogram& claim_delay_;
    Histogram& start_delay_;
    Histogram& from_event_;
    Histogram& run_;
};

} // namespace attune::services
