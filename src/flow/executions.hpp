#pragma once
#include "domain/execution.hpp"
#include "flow/effects.hpp"
#include "storage/session.hpp"

namespace attune::flow {

/// Inserts executions; one that meets the unique key of its enforcement (or of its retry) is left out. Indices of those
/// that went in. Errors: `internal` for a state in which none begins.
Result<Changed<std::vector<std::size_t>>> insert_executions(Session& session, std::span<const Execution> executions);

/// Which process takes work: a worker's row and the epoch of its registration.
struct Claimant {
    WorkerId worker;
    std::int64_t epoch = 0;
};

/// Takes up to `limit` executions of these placements for the worker, oldest first within a placement. They stay
/// `scheduled` and leave the index of claimable rows. The placements are of what needs a process. Nothing when the
/// worker's epoch is no longer current, when it is cordoned, or counts as lost.
Result<std::vector<Execution>> claim_executions(Session& session, Claimant claimant,
                                                std::span<const PlacementId> placements, std::int64_t limit,
                                                Timestamp now);

/// Whether any execution waits for a worker.
Result<bool> has_claimable(Session& session);

/// The same, of those that have waited for `patience` already: workers that suit them better had the first chance.
Result<std::vector<Execution>> claim_left_over(Session& session, Claimant claimant,
                                               std::span<const PlacementId> placements, std::int64_t limit,
                                               Timestamp now, Duration patience);

/// Executions of a placement that have been claimable since `before` or longer, oldest first.
Result<std::vector<Execution>> stranded_executions(Session& session, PlacementId placement, Timestamp before,
                                                   std::int64_t limit);

/// What this claimant has taken and not started: after a claim whose answer was lost, to be started by it all the same.
Result<std::vector<Execution>> unstarted_executions(Session& session, Claimant claimant);

/// The fence of a worker's write, appended to the values: its id, and that the worker still holds this claim.
void bind_fence(const Execution& held, std::vector<SqlValue>& values);

/// Gives claimed executions back that were not started.
Result<void> release_executions(Session& session, Claimant claimant, std::span<const Execution> claimed, Timestamp now);

/// `scheduled` to `running`, before the process is spawned; the indices of those that may be spawned (others were
/// cancelled or lost meanwhile). May be repeated when its answer was lost, as long as none of them was spawned.
Result<Changed<std::vector<std::size_t>>> start_executions(Session& session, std::span<const Execution> claimed,
                                                           Timestamp now);

/// Adds pieces of output while an execution runs. Pieces that are there already are left out.
Result<void> append_output(Session& session, std::span<const OutputChunk> chunks);

/// Executions that wait for the execution scheduler and are due.
Result<std::vector<ExecutionId>> due_executions(Session& session, Timestamp now, std::int64_t limit);
/// When the next of them will be due; nothing when none waits for its time.
Result<std::optional<Timestamp>> next_due(Session& session, Timestamp now);
/// `requested` to `scheduled`: workers may claim them. How many.
Result<Changed<std::size_t>> schedule_executions(Session& session, std::span<const ExecutionId> ids, Timestamp now);

} // namespace attune::flow
