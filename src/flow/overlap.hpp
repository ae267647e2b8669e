#pragma once
// What becomes of a run that is due while the last one of the same rule is still going.
#include "domain/execution.hpp"
#include "flow/effects.hpp"
#include "logic/schedule/options.hpp"
#include "storage/session.hpp"

#include <map>

namespace attune::flow {

/// The most runs of one rule that wait under `queue_all`; what comes then is skipped.
constexpr std::size_t kMostWaiting = 1000;

/// The policies of the rules whose runs may not overlap.
using OverlapPolicies = std::map<RuleId, logic::schedule::RunOverlap>;

/// What was decided about one run.
struct Admission {
    enum class Verdict : std::uint8_t { admitted, waits, skipped } verdict = Verdict::admitted;
    std::string reason;                 ///< for people; empty when it just runs
    std::vector<ExecutionId> cancelled; ///< those that make room for it; running ones are only on their way out
};

/// Decides about executions whose `overlap_rule` is set, in this order, and inserts those that are not skipped. The
/// rule's row is the guard: it is locked first, in ascending order, so two deciders never see the same vacancy. A run
/// counts until it and its retries are over. One result each.
Result<Changed<std::vector<Admission>>> admit_runs(Session& session, std::span<Execution> runs,
                                                   const OverlapPolicies& policies, Timestamp now);

/// Whether release_waiting() would find something.
Result<bool> has_releasable(Session& session);
/// Schedules, for rules of whose runs none is under way, the one that has waited longest; at most `limit`.
Result<Changed<std::vector<ExecutionId>>> release_waiting(Session& session, std::int64_t limit, Timestamp now);

} // namespace attune::flow
