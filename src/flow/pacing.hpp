#pragma once
// What throttle and debounce keep: how often a rule ran, and which matches wait. The rules are locked first
// (lock_rules), so that two deciders never count the same run or miss each other's events.
#include "domain/evaluation.hpp"
#include "logic/matching/pacing.hpp"
#include "storage/session.hpp"

#include <map>
#include <span>
#include <unordered_map>

namespace attune::flow {

/// A run that its rule's throttle is to admit.
struct ThrottledRun {
    RuleId rule;
    std::string key;
    EnforcementId enforcement;
    logic::matching::RunLimit limit;
};

/// Counts those that are admitted, in this order. The others, with the reason.
Result<std::unordered_map<EnforcementId, std::string>> throttle_runs(Session& session,
                                                                     std::span<const ThrottledRun> runs, Timestamp now);

/// A match that no longer waits, because another event of its key followed before it was due.
struct Superseded {
    EventId event;
    RuleId rule;
    EventId by;
    std::string key;
};

/// Keeps the matches of those events that nothing follows yet; those that are followed, new ones among them.
Result<std::vector<Superseded>> debounce_matches(Session& session, std::span<const DebouncedMatch> matches);

/// Matches that are due, the longest first; and when the next one is, of those that are not.
struct DueMatches {
    std::vector<DebouncedMatch> matches;
    std::optional<Timestamp> next;
};
Result<DueMatches> due_matches(Session& session, Timestamp now, std::int64_t limit);

/// Takes those of the matches that still wait and that nothing can follow any more: no event is undecided that was
/// recorded before they were due. The indices of those that are the caller's now.
Result<std::vector<std::size_t>> take_due(Session& session, std::span<const DebouncedMatch> matches);

/// Deletes keys of which no run counts any more, at most `limit`; how many.
Result<std::int64_t> forget_throttled(Session& session, Timestamp now, std::int64_t limit);

} // namespace attune::flow
