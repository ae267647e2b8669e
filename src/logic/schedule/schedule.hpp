#pragma once
#include "logic/schedule/interval.hpp"
#include "logic/schedule/options.hpp"
#include "logic/schedule/rrule.hpp"

#include <variant>

namespace attune::logic::schedule {

enum class ScheduleKind : std::uint8_t { interval, cron, one_shot, rrule };
ATTUNE_ENUM(ScheduleKind, interval, cron, one_shot, rrule)

/// How many nominal times a stretch has; `at_least` when the count stopped at its bound.
struct OccurrenceCount {
    std::int64_t number = 0;
    bool at_least = false;
};

/// A timer's configuration, compiled. Immutable, cheap to copy, safe to share; knows no clock. All methods are bounded.
///
/// The anchor is the instant the timer was armed at; only intervals look at it.
class Schedule {
public:
    /// Shortest and longest period of an interval.
    static constexpr Duration kShortestPeriod = 1s;
    static constexpr Duration kLongestPeriod = 24h * 366 * 100;
    /// `count` walks at most so many times; intervals are counted exactly.
    static constexpr std::int64_t kMaxCounted = 10'000;
    /// How often `next` and `prev` go on from a time that a calendar forbids.
    static constexpr int kMaxRounds = 5'000;

    /// Compiles the canonical form: `type` and
    ///  - interval: `seconds`, `minutes`, `hours`, `days`: whole numbers, 0 or more; the period is their sum;
    ///  - cron: `expression`, `timezone` (default UTC);
    ///  - one_shot: `fire_at` (RFC 3339, or local in `timezone`);
    ///  - rrule: `rule`, `dtstart`, `timezone`, `exdate`, `rdate` (see RRule::compile).
    /// Every type takes `timezone`, `description` (ignored) and the options. Errors: `invalid`, or `not_implemented`,
    /// with the field's name; unknown keys are errors. `calendars` finds those that the configuration names.
    static Result<Schedule> compile(const json::object& config, const CalendarLookup& calendars = {});

    /// The first nominal time strictly after `after`, within start_at and end_at and where the calendars allow it;
    /// nothing when the series has ended, or when none was found in kMaxRounds attempts.
    std::optional<Timestamp> next(Timestamp after, Timestamp anchor) const;
    /// The last nominal time strictly before `before`, within start_at and end_at.
    std::optional<Timestamp> prev(Timestamp before, Timestamp anchor) const;
    /// How many nominal times are in (after, through].
    OccurrenceCount count(Timestamp after, Timestamp through, Timestamp anchor) const;

    ScheduleKind kind() const { return static_cast<ScheduleKind>(form_.index()); }
    const TimeZone& timezone() const { return zone_; }
    const TimerOptions& options() const { return options_; }
    /// The cron expression, or null for other kinds.
    const CronSpec* cron() const { return std::get_if<CronSpec>(&form_); }
    /// The period of an interval, or null for other kinds.
    const Interval* interval() const { return std::get_if<Interval>(&form_); }

    /// The recurrence rule, or null for other kinds.
    const RRule* rrule() const { return std::get_if<RRule>(&form_); }

    /// What the schedule means, in an English sentence without a full stop: "at 02:30 on weekdays, New York time".
    std::string describe() const;
    /// What daylight saving does to it at the clock changes in [from, to), a clause each, at most 8: "on 8 March 2026
    /// at 03:00 because 02:30 does not exist".
    std::vector<std::string> clock_changes(Timestamp from, Timestamp to) const;
    /// The sentence, with the next clock change within a year that touches it.
    std::string describe(Timestamp now) const;
    /// What daylight saving did to one nominal time: "02:30 does not exist that day", "the first of two times that are
    /// 01:30"; nothing for most.
    std::optional<std::string> note(Timestamp nominal) const;

private:
    struct OneShot {
        Timestamp fire_at;
    };
    using Form = std::variant<Interval, CronSpec, OneShot, RRule>; // in the order of ScheduleKind

    Schedule() = default;
    static Result<Form> compile_form(const json::object& config, ScheduleKind kind, const Schedule& with);
    static Result<Form> compile_interval(const json::object& config);
    static Result<Form> compile_one_shot(const json::object& config, const Schedule& with);
    std::optional<Timestamp> next_of_series(Timestamp after, Timestamp anchor) const;
    std::optional<Timestamp> prev_of_series(Timestamp before, Timestamp anchor) const;
    std::optional<Timestamp> next_of_form(Timestamp after, Timestamp anchor) const;
    std::optional<Timestamp> prev_of_form(Timestamp before, Timestamp anchor) const;
    std::optional<Seconds> next_local(Seconds from) const;
    std::string describe_form() const;

    Form form_;
    TimeZone zone_;
    TimerOptions options_;
};

} // namespace attune::logic::schedule
