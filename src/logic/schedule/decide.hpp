#pragma once
// What is due: the pure half of the timer scheduler.
#include "logic/schedule/schedule.hpp"

#include <string>

namespace attune::logic::schedule {

/// Nominal times that were skipped in advance, both ends included.
struct SkippedAhead {
    Timestamp from;
    Timestamp through;
};

/// What is stored of a timer.
struct TimerState {
    Timestamp anchor;                       ///< when it was armed
    Timestamp cursor;                       ///< the last nominal time decided; at first the anchor
    std::int64_t fired = 0;                 ///< runs so far, for max_fires
    std::int64_t timer_id = 0;              ///< makes the jitter of timers differ
    std::optional<SkippedAhead> ahead = {}; ///< what lies in it is decided, although it is after the cursor
};

enum class FiringReason : std::uint8_t { normal, misfire, backfill, manual };
ATTUNE_ENUM(FiringReason, normal, misfire, backfill, manual)

/// One run to record.
struct Firing {
    Timestamp nominal;
    FiringReason reason = FiringReason::normal;
    std::int64_t missed_count = 0;           ///< nominal times before this one that get no run of their own
    std::optional<Timestamp> first_missed{}; ///< the first of them
    bool missed_at_least = false;            ///< there are `missed_count` or more: counting is bounded
};

/// Nominal times that get no run: `from` and `to` are the first and the last of them.
struct SkippedRange {
    Timestamp from;
    Timestamp to;
    std::int64_t count = 0;
    std::string reason;    ///< for people, begins with one word of: skipped, missed, dropped
    bool at_least = false; ///< there are `count` or more
};

struct Decision {
    std::vector<Firing> fire{};          ///< oldest first
    std::vector<SkippedRange> skipped{}; ///< oldest first
    Timestamp cursor;                    ///< after this decision

    bool empty() const { return fire.empty() && skipped.empty(); }
};

/// Decides every nominal time after the cursor whose fire time has come by `now`. One that is no more than `grace` late
/// fires normally; otherwise all of them are one misfire and the policy decides:
///  - what is older than `window` is dropped, whatever the policy;
///  - skip: none runs; fire_once: the last one runs; fire_all: the latest `max_catchup` run, oldest first.
/// Lateness is measured from the fire time (nominal + jitter). Never fires early, nor more than `max_fires` in all.
/// Of what comes after nominal times that were skipped ahead, nothing is decided together with what comes before them.
/// Bounded however long nobody looked: intervals are counted, others up to Schedule::kMaxCounted ("at least").
Decision decide(const Schedule& schedule, const TimerState& state, Timestamp now);

/// Decides the nominal times of a pause, at its end, by `on_resume` (skip unless it says otherwise). Even one that has
/// only just passed is part of the pause.
Decision decide_resume(const Schedule& schedule, const TimerState& state, Timestamp now);

/// With the cursor behind what was skipped ahead, unless nominal times before that are still undecided.
TimerState settled(const Schedule& schedule, TimerState state);

/// The first nominal time that is not decided, whatever `max_fires` says.
std::optional<Timestamp> next_undecided(const Schedule& schedule, const TimerState& state);

/// When the next undecided nominal time fires; nothing when the series has ended (max_fires, end_at, or it names no
/// more times). May lie in the past: then it is due.
std::optional<Timestamp> next_due(const Schedule& schedule, const TimerState& state);

/// The fire time of a nominal time: later by a deterministic part of `jitter`, always before the next nominal time.
Timestamp fire_time(const Schedule& schedule, const TimerState& state, Timestamp nominal);

/// A cursor that is too far in the future, and where it goes.
struct CursorPullback {
    Timestamp cursor;
    std::string reason;
};

/// A cursor farther ahead of the clock than this was written by a clock that was wrong.
constexpr Duration kMaxCursorLead = 3h;

/// After the clock went back: nothing decided is decided again, unless the cursor is more than kMaxCursorLead ahead of
/// now; then it comes back to now.
std::optional<CursorPullback> pull_back(const TimerState& state, Timestamp now);

} // namespace attune::logic::schedule
