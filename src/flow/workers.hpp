#pragma once
#include "flow/executions.hpp"

namespace attune::flow {

/// Registers a worker under its name with a new epoch: every older epoch of that name is void from now on.
Result<Worker> register_worker(Session& session, Worker worker);

/// Renews the worker's lease. Returns the executions of this epoch that are to be cancelled. Errors: `conflict` when a
/// newer epoch has taken over: this process must stop taking work.
Result<std::vector<ExecutionId>> renew_lease(Session& session, Claimant claimant, Timestamp now);

/// Marks it inactive, at a graceful stop.
Result<void> retire_worker(Session& session, Claimant claimant, Timestamp now);

Result<std::vector<Worker>> list_workers(Session& session);

/// What a lost worker leaves behind: executions held by `worker` under an epoch before `before_epoch`.
Result<std::vector<Execution>> held_by_lost(Session& session, WorkerId worker, std::int64_t before_epoch);

/// Settles them: claimed but not started is `scheduled` again; being cancelled is `cancelled`; started is `abandoned`,
/// and its retry, when there is one in `retries` (same index), is inserted. `worker_name` goes into the results.
struct Recovered {
    std::vector<ExecutionId> rescheduled;
    std::vector<ExecutionId> abandoned;
    std::vector<ExecutionId> cancelled;
};
Result<Recovered> recover_executions(Session& session, std::span<const Execution> held,
                                     std::span<const std::optional<Execution>> retries, std::string_view worker_name,
                                     Timestamp now);

} // namespace attune::flow
