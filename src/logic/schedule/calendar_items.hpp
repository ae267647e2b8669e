#pragma once
// The items of a calendar's definition as local times. Internal to Calendar::compile.
#include "logic/schedule/calendar_definition.hpp"
#include "logic/schedule/local_set.hpp"

namespace attune::logic::schedule {

/// Each adds one item to a set. Errors: `invalid`, with `path` and the member at fault.
Result<void> add_date(const std::string& text, const std::string& path, LocalSet& into);
Result<void> add_range(const CalendarRange& range, const std::string& path, LocalSet& into);
Result<void> add_window(const CalendarWindow& window, const std::string& path, LocalSet& into);
/// `zone` is the event's.
Result<void> add_event(const CalendarEvent& event, const std::string& path, const TimeZone& zone, LocalSet& into);

} // namespace attune::logic::schedule
