#pragma once
#include "base/json.hpp"
#include "base/timestamp.hpp"

#include <functional>
#include <string>
#include <vector>

namespace attune::test {

/// A timer's schedule, and the times that it names: computed day by day from wall-clock tables, by the rules of
/// docs/timers.md, with no code of the program's.
struct Timetable {
    std::string trigger_ref;
    json::object params; ///< the rule's trigger_params
    using Times = std::function<std::vector<Timestamp>(Timestamp anchor, Timestamp from, Timestamp to)>;
    /// The nominal times in (from, to] of a timer that was armed at `anchor`, ascending.
    Times times;
    Times without_calendar{}; ///< the same as if it had no calendar, when it has one
};

struct WallPolicy {
    std::string gap = "run_after"; ///< skip, shift
    std::string overlap = "first"; ///< last, both
};

/// Five or six fields of numbers, lists, ranges and steps; days also as L, 0#2 and +5.
Timetable cron_timetable(const std::string& expression, const std::string& zone, const WallPolicy& policy);

struct RecurrenceDays {
    std::string rule;                                     ///< "FREQ=DAILY;INTERVAL=3"
    std::function<bool(std::chrono::local_days day)> has; ///< the same, of days from dtstart's on
    std::string dtstart;                                  ///< "2026-01-01T02:30:00", wall-clock time
    int count = 0;                                        ///< that many in all; 0: without end
};
Timetable recurring_timetable(const RecurrenceDays& days, const std::string& zone, const WallPolicy& policy);

/// FREQ=HOURLY, in elapsed time from the instant that is dtstart.
Timetable hourly_timetable(int hours, const std::string& dtstart, const std::string& zone);

Timetable interval_timetable(std::chrono::seconds period);
Timetable once_timetable(Timestamp at);

/// No times after `end`.
Timetable ending_at(Timetable table, Timestamp end);
/// Only the times for which `allows` holds, as the calendar named `ref` is to say. Takes the place of another.
Timetable within_calendar(Timetable table, const std::string& ref, std::function<bool(Timestamp at)> allows);

} // namespace attune::test
