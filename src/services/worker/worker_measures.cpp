#include "services/worker/worker_measures.hpp"

#include "domain/execution.hpp"

namespace attune::services {

WorkerMeasures::WorkerMeasures(Metrics& metrics)
    : slots(metrics.gauge(Metric::worker_slots)), busy(metrics.gauge(Metric::worker_slots_busy)),
      registered(metrics.gauge(Metric::worker_registered)), spawn(metrics.histogram(Metric::process_spawn)),
      claimed_(metrics.counter(Metric::executions_claimed)), claim_delay_(metrics.histogram(Metric::claim_delay)),
      start_delay_(metrics.histogram(Metric::start_delay)), from_event_(metrics.histogram(Metric::event_to_start)),
      run_(metrics.histogram(Metric::execution_run)) {
    metrics.counters(Metric::executions_finished); // shown from the start
}

void WorkerMeasures::claimed(const std::vector<Execution>& executions, Timestamp now) {
    claimed_.add(executions.size());
    for (const auto& one : executions) claim_delay_.observe(now - one.scheduled_at.value_or(one.created));
}

void WorkerMeasures::started(const Execution& execution, Timestamp claimed_at, Timestamp now) {
    start_delay_.observe(now - claimed_at);
    if (execution.event_created) from_event_.observe(now - *execution.event_created);
}

void WorkerMeasures::finished(const flow::Completion& completion) {
    run_.observe(completion.finished_at - completion.started_at);
}

} // namespace attune::services
