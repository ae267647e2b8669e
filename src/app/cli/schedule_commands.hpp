#pragma once
#include "app/cli/parser.hpp"
#include "app/cli/schedule_calendars.hpp"

namespace attune::app::cli {

/// `attune schedule next`: the sentence and the times of one schedule, or those of every line of --input. Needs
/// `server` only for calendars that it alone has. Errors: `invalid` with the option or the field at fault; those of
/// `server`.
Result<int> show_schedule(const ParsedLine& line, const CalendarSource& server);

} // namespace attune::app::cli
