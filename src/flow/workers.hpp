#pragma once
#include "domain/execution.hpp"
#include "domain/worker.hpp"
#include "flow/executions.hpp"

#include <map>

namespace attune::flow {

/// Registers a worker under its name with a new epoch: every older epoch of that name is void from now on.
Result<Worker> register_worker(Session& session, Worker worker);

struct Renewal {
    std::vector<ExecutionId> cancelling; ///< of this epoch, to be cancelled
    bool lapsed = false;                 ///< the worker counted as lost meanwhile: what it held may be settled
    std::vector<ExecutionId> held;       ///< then: what it holds still
};
/// Renews the worker's lease. Errors: `conflict` when a newer epoch has taken over: this process must stop taking work.
Result<Renewal> renew_lease(Session& session, Claimant claimant, Timestamp now);

/// What the worker runs and is to end, lowest id first.
Result<std::vector<ExecutionId>> executions_to_cancel(Session& session, Claimant claimant);

/// Says anew what the worker is able to run.
Result<void> update_capabilities(Session& session, Claimant claimant, const json::object& capabilities, Timestamp now);

/// Marks it inactive, at a graceful stop.
Result<void> retire_worker(Session& session, Claimant claimant, Timestamp now);

/// Marks it inactive when it has not renewed its lease since `seen` was read. In the transaction that settles what it
/// held: a renewal waits for that, and then knows that it lapsed.
enum class Silence {
    none,  ///< it has renewed its lease
    known, ///< it is inactive already
    news,  ///< it was marked now, and by nobody before
};
Result<Silence> retire_silent(Session& session, const Worker& seen, Timestamp now);

Result<std::vector<Worker>> list_workers(Session& session);
Result<std::optional<Worker>> find_worker(Session& session, std::string_view name);
/// Errors: `not_found`.
Result<Worker> get_worker(Session& session, WorkerId id);
/// Lets the worker take no new work; what runs goes on. Again: with the new reason. Errors: `not_found`.
Result<Changed<Worker>> cordon_worker(Session& session, WorkerId id, std::optional<std::string> reason,
                                      std::optional<IdentityId> by, Timestamp now);
/// Errors: `not_found`.
Result<Changed<Worker>> uncordon_worker(Session& session, WorkerId id, Timestamp now);
/// How many executions each worker holds, by their state.
Result<std::map<WorkerId, std::map<ExecutionStatus, std::int64_t>>> held_by_workers(Session& session);
/// Inactive workers that hold executions nevertheless.
Result<std::vector<WorkerId>> inactive_holders(Session& session);

/// What a lost worker leaves behind: executions held by `worker` under an epoch before `before_epoch`.
Result<std::vector<Execution>> held_by_lost(Session& session, WorkerId worker, std::int64_t before_epoch);

/// Settles them: claimed but not started is `scheduled` again; being cancelled is `cancelled`; started is `abandoned`,
/// and its retry, when there is one in `retries` (same index), is inserted; unless the worker is cordoned, a core.alert
/// tells of it, with the id in `alerts` (same index). `worker` is what was lost.
struct Recovered {
    std::vector<ExecutionId> rescheduled;
    std::vector<ExecutionId> abandoned;
    std::vector<ExecutionId> cancelled;
    Effects effects;
};
Result<Recovered> recover_executions(Session& session, std::span<const Execution> held,
                                     std::span<const std::optional<Execution>> retries, std::span<const EventId> alerts,
                                     const Worker& worker, Timestamp now);

} // namespace attune::flow
