#pragma once
// The ranges of nominal times that were passed over: every nominal time up to a timer's cursor has its event or lies in
// exactly one of them.
#include "domain/trigger.hpp"
#include "logic/schedule/schedule.hpp"
#include "storage/session.hpp"

namespace attune::flow {

/// Nominal times by what became of them.
struct PassedOver {
    std::int64_t missed = 0;
    std::int64_t skipped = 0;
    std::int64_t dropped = 0;

    /// Of a range's reason, whose first word says which.
    std::int64_t& of(std::string_view reason);
    std::int64_t sum() const { return missed + skipped + dropped; }
};

struct RecordedRanges {
    PassedOver fired_already;       ///< times in them that were cut out
    std::optional<Timestamp> first; ///< of what was recorded
};

/// Records ranges, in the transaction that moved the timer's cursor. After the clock went back, times in them may have
/// fired already: these are cut out (usually none).
Result<RecordedRanges> record_ranges(Session& session, TimerId timer, std::span<const TimerSkip> ranges);

/// What was passed over after `kept` is to come again, and is decided then: an older clock was wrong, or the schedule
/// starts anew. `compiled` is the timer's schedule, when it can be compiled; a range of an older schedule that is cut
/// keeps its count. What was withdrawn.
Result<PassedOver> withdraw_ranges(Session& session, const Timer& timer, Timestamp kept,
                                   const logic::schedule::Schedule* compiled);

/// What a person skipped in advance, after a change of a calendar: of the times from the first to the last of them, all
/// that the schedule names now are skipped, and no others. Changes the timer, which is not written yet.
Result<void> renew_skipped_ahead(Session& session, Timer& timer, const logic::schedule::Schedule* before,
                                 const logic::schedule::Schedule& after, Timestamp now);

/// Ranges behind `after` in the order of their keys.
Result<std::vector<TimerSkip>> ranges_after(Session& session, const TimerSkip& after, std::int64_t limit);

/// Whether a range is old enough for retention: it was recorded before this time, and so was the end of what it
/// decides.
bool is_older(const TimerSkip& range, Timestamp before);

/// Deletes those of the ranges that are older and still as they are here, and do not lie ahead of the timer's cursor;
/// how many. The times in them stay decided.
Result<std::int64_t> forget_ranges(Session& session, std::span<const TimerSkip> ranges, Timestamp before);

/// Whether a nominal time of the timer has its event: fired or backfilled.
Result<bool> has_fired(Session& session, TimerId timer, Timestamp nominal);

} // namespace attune::flow
