#include "logic/schedule/calendar_definition.hpp"

namespace attune::logic::schedule {

ATTUNE_FIELDS(CalendarRange, from, to);
ATTUNE_FIELDS(CalendarWindow, days, from, to);
ATTUNE_FIELDS(CalendarEvent, start, end, rule, exdate, rdate, timezone, summary);
ATTUNE_FIELDS(CalendarDefinition, mode, timezone, dates, ranges, weekly, events, description);

} // namespace attune::logic::schedule
