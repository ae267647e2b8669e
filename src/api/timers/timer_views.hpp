#pragma once
#include "domain/event.hpp"
#include "domain/trigger.hpp"
#include "flow/backfill.hpp"
#include "logic/schedule/preview.hpp"
#include "storage/session.hpp"

/// Timers as the API shows them.
namespace attune::api {

enum class TimerState : std::uint8_t {
    armed,    ///< it will fire
    paused,   ///< by a person
    ended,    ///< its schedule names no further time
    unarmed,  ///< it should fire and cannot: `trouble` says why
    disabled, ///< its rule or trigger is
};
ATTUNE_ENUM(TimerState, armed, paused, ended, unarmed, disabled)

struct TimerCounters {
    std::int64_t fired = 0;
    std::int64_t late = 0;
    std::int64_t missed = 0;
    std::int64_t skipped = 0;
    std::int64_t dropped = 0;
    std::int64_t manual = 0;
    std::int64_t backfilled = 0;
    std::int64_t overlap_skipped = 0;
    std::int64_t overlap_queued = 0;
    std::int64_t overlap_cancelled = 0;
};
ATTUNE_STRUCT(TimerCounters);

struct TimerSummary {
    TimerId id;
    std::optional<RuleId> rule;
    std::optional<std::string> rule_ref;
    std::string trigger_ref;
    std::string kind;     ///< interval, cron, one_shot or rrule
    std::string schedule; ///< what it means, a sentence; the configuration when it cannot be read
    std::string timezone;
    TimerState state = TimerState::armed;
    std::optional<std::string> pause_note;
    std::optional<Timestamp> resume_at;
    std::optional<Timestamp> next_fire_at; ///< with jitter; none while nothing is to come
    std::optional<Timestamp> last_nominal; ///< of the last event
    TimerCounters counters;
    std::optional<std::string> note;    ///< why it has ended
    std::optional<std::string> trouble; ///< why it is unarmed
    std::int64_t revision = 0;
    Timestamp created;
    Timestamp updated;
};
ATTUNE_STRUCT(TimerSummary);

/// What was decided about one nominal time, or a range of them.
struct TimerDecision {
    Timestamp at;                   ///< nominal; of a manual run, when it was asked for
    std::optional<Timestamp> until; ///< the last of a range
    std::int64_t count = 1;
    std::string decision; ///< fired, manual, backfilled, skipped, missed, dropped or moved
    std::string reason;
    std::optional<EventId> event;
    std::optional<std::string> overlap; ///< what the run before it did to this one
    Timestamp decided_at;
};
ATTUNE_STRUCT(TimerDecision);

struct TimerDetail : TimerSummary {
    json::object config;
    Timestamp anchor;
    Timestamp cursor; ///< the last nominal time that was decided
    std::vector<logic::schedule::PreviewTime> next;
    std::vector<std::string> clock_changes; ///< within `next`
    std::vector<TimerDecision> last;        ///< the newest first
};
ATTUNE_STRUCT(TimerDetail);

TimerState state_of_timer(const Timer& timer);
/// Of its events; nothing when it has none.
Result<std::optional<Timestamp>> last_nominal(Session& session, TimerId id);
TimerSummary summary_of(const Timer& timer, const logic::schedule::CalendarLookup& calendars,
                        std::optional<Timestamp> last_nominal, Timestamp now);
/// `last` is the caller's to fill in.
TimerDetail detail_of(const Timer& timer, const logic::schedule::CalendarLookup& calendars,
                      std::optional<Timestamp> last_nominal, int times, Timestamp now);
TimerDecision decision_of(const Event& firing);
TimerDecision decision_of(const TimerSkip& range);

} // namespace attune::api
