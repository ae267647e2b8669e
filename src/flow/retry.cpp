#include "flow/retry.hpp"

#include "logic/retry/next_delay.hpp"

namespace attune::flow {

bool may_retry(const Execution& failed) {
    return failed.retry_count < failed.max_retries;
}

std::optional<Execution> make_retry(const Execution& failed, std::string_view reason, ExecutionId id, Timestamp now,
                                    double jitter01) {
    const logic::retry::RetryPolicy policy{.max_retries = static_cast<int>(failed.max_retries)};
    const auto pause = logic::retry::next_delay(policy, static_cast<int>(failed.retry_count) + 1, jitter01);
    if (!pause) return std::nullopt;
    Execution again = failed;
    again.id = id;
    again.status = ExecutionStatus::requested;
    again.worker.reset();
    again.worker_epoch.reset();
    again.claim = 0;
    again.result.reset();
    again.retry_count = failed.retry_count + 1;
    again.retry_reason = std::string(reason);
    again.original_execution = failed.original_execution.value_or(failed.id);
    again.due = now + *pause;
    again.event_created.reset(); // what it took to the first start is measured
    again.created = again.updated = now;
    again.scheduled_at.reset();
    again.started_at.reset();
    again.finished_at.reset();
    return again;
}

} // namespace attune::flow
