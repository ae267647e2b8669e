#pragma once
#include "flow/secrets.hpp"
#include "storage/session.hpp"

namespace attune::flow {

/// Inserts executions; one that meets the unique key of its enforcement (or of its retry) is left out. Indices of those
/// that went in.
Result<std::vector<std::size_t>> insert_executions(Session& session, std::span<const Execution> executions);

/// Which process takes work: a worker's row and the epoch of its registration.
struct Claimant {
    WorkerId worker;
    std::int64_t epoch = 0;
};

/// Takes up to `limit` executions of these placements for the worker, oldest first within a placement. They stay
/// `scheduled` and leave the index of claimable rows. Nothing when the worker's epoch is no longer current, when it is
/// cordoned, or counts as lost.
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

/// Ends those that no worker is able to run: `failed`. `message` says which requirement none meets. The ids of those
/// that nobody had claimed or cancelled meanwhile.
Result<std::vector<ExecutionId>> fail_unschedulable(Session& session, std::span<const Execution> stranded,
                                                    std::string_view message, Timestamp now);

/// What this claimant has taken and not started: after a claim whose answer was lost, to be started by it all the same.
Result<std::vector<Execution>> unstarted_executions(Session& session, Claimant claimant);

struct NullRuns {
    std::vector<ExecutionId> done;
    bool frees_a_rule = false; ///< one of them had an `overlap_rule`: another run may wait for it
};
/// Takes up to `limit` executions of core.null and completes them in the same write: they do nothing.
Result<NullRuns> complete_null(Session& session, Claimant claimant, PlacementId placement, std::int64_t limit,
                               Timestamp now);

/// Gives claimed executions back that were not started.
Result<void> release_executions(Session& session, Claimant claimant, std::span<const Execution> claimed, Timestamp now);

/// `scheduled` to `running`, before the process is spawned; the indices of those that may be spawned (others were
/// cancelled or lost meanwhile). May be repeated when its answer was lost, as long as none of them was spawned.
Result<std::vector<std::size_t>> start_executions(Session& session, std::span<const Execution> claimed, Timestamp now);

/// How one claimed execution ended.
struct Completion {
    Execution execution; ///< as claimed: id, worker and claim are the fence
    ExecutionStatus status = ExecutionStatus::completed;
    json::value result;
    Timestamp started_at;
    Timestamp finished_at;
    std::vector<OutputChunk> output;  ///< what is left to store of its output
    std::vector<SealedValue> secrets; ///< of the result
    std::optional<Execution> retry;   ///< to be inserted with it, when it failed and may be tried again
    bool from_claim = false;          ///< it never was `running` (core.null)
};

/// Writes final states. A row that is being cancelled ends `cancelled` whatever its process said; a row that another
/// worker holds by now is left alone. The indices of those written.
Result<std::vector<std::size_t>> complete_executions(Session& session, std::span<const Completion> completions);

/// Adds pieces of output while an execution runs. Pieces that are there already are left out.
Result<void> append_output(Session& session, std::span<const OutputChunk> chunks);

/// Asks for an execution's end. Not started: `cancelled` at once. Running: `canceling`, and its worker is to be told.
/// Canceling already: unchanged. `reason`: the error of one that had not started. Errors: `not_found`, `conflict` when
/// it is over.
struct CancelOutcome {
    Execution execution;
    bool changed = false;
};
Result<CancelOutcome> cancel_execution(Session& session, ExecutionId id, Timestamp now,
                                       std::string_view reason = "Cancelled by user before execution started");

/// Executions that wait for the execution scheduler and are due.
Result<std::vector<ExecutionId>> due_executions(Session& session, Timestamp now, std::int64_t limit);
/// When the next of them will be due; nothing when none waits for its time.
Result<std::optional<Timestamp>> next_due(Session& session, Timestamp now);
/// `requested` to `scheduled`: workers may claim them.
Result<std::int64_t> schedule_executions(Session& session, std::span<const ExecutionId> ids, Timestamp now);

} // namespace attune::flow
