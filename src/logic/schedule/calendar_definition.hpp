#pragma once
// What a calendar's definition is made of, as it is written and kept. Calendar::compile explains the members.
#include "base/reflect.hpp"
#include "logic/schedule/calendars.hpp"

namespace attune::logic::schedule {

struct CalendarRange {
    std::string from;
    std::string to;
};
ATTUNE_STRUCT(CalendarRange);

struct CalendarWindow {
    std::vector<std::string> days; ///< none = every day
    std::string from = "00:00";
    std::string to = "24:00";
};
ATTUNE_STRUCT(CalendarWindow);

struct CalendarEvent {
    std::string start;
    std::optional<std::string> end;
    std::optional<std::string> rule;
    std::vector<std::string> exdate;
    std::vector<std::string> rdate;
    std::optional<std::string> timezone; ///< none = the calendar's
    std::optional<std::string> summary;  ///< for people
};
ATTUNE_STRUCT(CalendarEvent);

struct CalendarDefinition {
    CalendarMode mode = CalendarMode::exclude;
    std::string timezone = "UTC";
    std::vector<std::string> dates;
    std::vector<CalendarRange> ranges;
    std::vector<CalendarWindow> weekly;
    std::vector<CalendarEvent> events;
    std::optional<std::string> description;
};
ATTUNE_STRUCT(CalendarDefinition);

} // namespace attune::logic::schedule
