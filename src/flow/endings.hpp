#pragma once
#include "domain/execution.hpp"
#include "domain/sealed_value.hpp"
#include "flow/executions.hpp"

/// The functions that end executions. Each writes its rows and hands them to settle(), which does the rest.
namespace attune::flow {

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
};

/// Writes final states of what was `running`. A row that is being cancelled ends `cancelled` whatever its process said;
/// a row that another worker holds by now is left alone. The indices of those written.
Result<Changed<std::vector<std::size_t>>> complete_executions(Session& session,
                                                              std::span<const Completion> completions);

/// Takes up to `limit` executions of a placement that needs no process, and completes them in the same write: they do
/// nothing. How many.
Result<Changed<std::size_t>> complete_without_process(Session& session, Claimant claimant, PlacementId placement,
                                                      std::int64_t limit, Timestamp now);

/// Ends those that no worker is able to run: `failed`. `message` says which requirement none meets. The ids of those
/// that nobody had claimed or cancelled meanwhile.
Result<Changed<std::vector<ExecutionId>>> fail_unschedulable(Session& session, std::span<const Execution> stranded,
                                                             std::string_view message, Timestamp now);

/// Asks for an execution's end. Not started: `cancelled` at once. Running: `canceling`, and its worker is to be told.
/// Canceling already: unchanged. `reason`: the error of one that had not started. Errors: `not_found`, `conflict` when
/// it is over.
struct CancelOutcome {
    Execution execution;
    bool changed = false;
    Effects effects;
};
Result<CancelOutcome> cancel_execution(Session& session, ExecutionId id, Timestamp now,
                                       std::string_view reason = "Cancelled by user before execution started");

} // namespace attune::flow
