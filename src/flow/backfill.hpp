#pragma once
#include "flow/effects.hpp"
#include "storage/session.hpp"

namespace attune::flow {

/// The most nominal times of one backfill.
constexpr std::size_t kMostBackfilled = 1000;

/// A part of the range that is not run, and why.
struct RefusedPart {
    Timestamp from;
    Timestamp to; ///< exclusive
    std::string reason;
};
ATTUNE_STRUCT(RefusedPart);

/// What running the past nominal times in [from, to) means.
struct Backfill {
    std::vector<Timestamp> nominal;   ///< without an event so far: these run, oldest first
    std::int64_t recorded = 0;        ///< have an event already: they do not run again
    std::vector<RefusedPart> refused; ///< not yet decided, or forgotten
    Effects effects;                  ///< of a run
};

/// Works out a backfill and changes nothing. Errors: `not_found`; `invalid` when the range is empty or has more than
/// kMostBackfilled nominal times; `conflict` when the timer's rule or trigger is disabled.
Result<Backfill> plan_backfill(Session& session, TimerId id, Timestamp from, Timestamp to, Timestamp now);

/// The same, and records the events, under the unique key of normal firings, with the reason `backfill`. It takes the
/// ids of its events from `ids`. Errors also: `conflict` when there are too few of them because the timer has changed
/// since the plan.
Result<Backfill> run_backfill(Session& session, TimerId id, Timestamp from, Timestamp to, std::span<const EventId> ids,
                              std::string_view by, Timestamp now);

} // namespace attune::flow
