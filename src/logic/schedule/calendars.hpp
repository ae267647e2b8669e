#pragma once
// Named sets of time that keep timers from firing, or are the only times at which they fire.
#include "base/enums.hpp"
#include "base/json.hpp"
#include "logic/schedule/time_zone.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace attune::logic::schedule {

/// What a calendar's times mean for the timers that name it.
enum class CalendarMode : std::uint8_t {
    exclude, ///< nothing fires within them
    include, ///< nothing fires outside them
};
ATTUNE_ENUM(CalendarMode, exclude, include)

/// A calendar's definition, compiled. Immutable, cheap to copy, safe to share; knows no clock. All methods are bounded.
///
/// What it contains is decided on the wall clock of its zone: 09:00 to 17:00 is whatever the clock shows so, on the
/// days of clock changes too.
class Calendar {
public:
    /// The most dates, ranges, weekly windows and events, each.
    static constexpr std::size_t kMostItems = 10'000;

    /// Reads a definition:
    ///  - `mode`: exclude (default) or include;
    ///  - `timezone`: of all that follows (default UTC);
    ///  - `dates`: whole days, "2026-12-25", or "12-25" for every year;
    ///  - `ranges`: {"from", "to"}: dates, both of them included, or local times ("2026-12-24T12:00"), up to `to`;
    ///  - `weekly`: {"days": ["mon", …], "from": "09:00", "to": "17:00"}: by default every day, from 00:00 to 24:00; a
    ///    `to` that is not after `from` is on the next day;
    ///  - `events`: {"start", "end", "rule", "exdate", "rdate", "timezone", "summary"}, as an .ics file has them:
    ///  `start`
    ///    and `end` (not included; without it one day after a date) are dates, or local times in the event's zone, or
    ///    RFC 3339; `rule` is an RRULE;
    ///  - `description` (ignored).
    /// At least one of the four lists has something in it. Errors: `invalid` with the path of the member
    /// ("weekly[0].from"); unknown members are errors.
    static Result<Calendar> compile(const json::object& definition);

    CalendarMode mode() const;
    const TimeZone& timezone() const;
    /// Whether the instant is among the calendar's times, whatever they mean.
    bool contains(Timestamp at) const;
    /// Whether a timer may fire then.
    bool allows(Timestamp at) const { return contains(at) == (mode() == CalendarMode::include); }

    /// The first instant at or after `from` that the calendar allows: `from` itself, or a whole second; nothing when
    /// there is none. Every look at a set adds one to `steps`, of which there are LocalSet::kMaxSteps.
    std::optional<Timestamp> next_allowed(Timestamp from, int& steps) const;
    /// The last one at or before `from`; when it is not `from` itself, the last whole second of an allowed stretch.
    std::optional<Timestamp> prev_allowed(Timestamp from, int& steps) const;

    struct Data;

private:
    explicit Calendar(std::shared_ptr<const Data> data) : data_(std::move(data)) {}
    std::shared_ptr<const Data> data_;
};

/// A calendar under the name that timers use.
struct NamedCalendar {
    std::string name;
    Calendar calendar;
};

/// Finds a calendar by its name; nothing when there is none. An empty function knows none.
using CalendarLookup = std::function<std::optional<Calendar>(const std::string& name)>;

/// Finds the calendars of a map, which outlives it.
CalendarLookup lookup_in(const std::map<std::string, Calendar>& calendars);

/// The calendars of one timer. An instant is allowed when every one of them allows it.
class CalendarSet {
public:
    static constexpr std::size_t kMostCalendars = 16;

    /// Reads `calendars` of a timer's configuration: a list of names, each once. Null and nothing: no calendars.
    /// Errors: `invalid`, "calendars[1]": a name that `lookup` does not know.
    static Result<CalendarSet> compile(const json::value* names, const CalendarLookup& lookup);

    bool empty() const { return calendars_.empty(); }
    const std::vector<NamedCalendar>& list() const { return calendars_; }
    bool allows(Timestamp at) const;
    /// The name of the first calendar that forbids the instant, for an explanation; null when all allow it.
    const std::string* forbidding(Timestamp at) const;

    std::optional<Timestamp> next_allowed(Timestamp from, int& steps) const;
    std::optional<Timestamp> prev_allowed(Timestamp from, int& steps) const;

private:
    std::vector<NamedCalendar> calendars_;
};

/// The names in `calendars` of a timer's configuration, without looking them up; what is no text is left out.
std::vector<std::string> calendar_names(const json::object& config);

} // namespace attune::logic::schedule
