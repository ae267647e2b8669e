#pragma once
#include "logic/schedule/schedule.hpp"

/// The timers that triggers and rules define. `calendars` finds those that they name; without it there are none.
/// Errors: `invalid`, with the field.
namespace attune::logic::definitions {

/// The schedule of a timer's configuration; errors name its member below `field`, and the parameter of `params` (a
/// rule's trigger_params) that it came from.
Result<schedule::Schedule> compile_timer(const json::object& config, std::string_view field, const json::object& params,
                                         const schedule::CalendarLookup& calendars);

/// The schedule of a rule on one of the core timer triggers; errors lie below "trigger_params", or are about
/// "trigger_ref".
Result<schedule::Schedule> compile_rule_timer(std::string_view trigger_ref, const json::object& params,
                                              const schedule::CalendarLookup& calendars);

/// A calendar's "definition".
Result<schedule::Calendar> compile_calendar(const json::object& definition);

} // namespace attune::logic::definitions
