#pragma once
#include "base/json.hpp"

namespace attune::adapters::icalendar {

/// The longest text, and the most events.
constexpr std::size_t kMostBytes = 1 << 20;
constexpr std::size_t kMostEvents = 10'000;

/// The events of an .ics file in the form that a calendar's definition has them (logic/schedule/calendars.hpp):
/// {"summary", "start", "end", "rule", "exdate", "rdate", "timezone"}, times as in the file. An occurrence that was
/// moved is an event of its own and left out of its series; what is cancelled is left out. Errors: `invalid`, field
/// `ics`, naming the event.
Result<json::array> read_icalendar(std::string_view text);

} // namespace attune::adapters::icalendar
