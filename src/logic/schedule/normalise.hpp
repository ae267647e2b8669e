#pragma once
// The two ways to declare a timer, brought to the canonical form that Schedule::compile reads.
#include "base/json.hpp"

#include <optional>
#include <string_view>

namespace attune::logic::schedule {

/// Whether a trigger's rules carry a timer each in their trigger_params: core.intervaltimer, core.crontimer,
/// core.datetimetimer, core.rruletimer.
bool is_rule_timer_trigger(std::string_view trigger_ref);

/// The timer of a rule on one of those triggers. Options are carried over, keys that are neither are left out. Errors:
/// `invalid` with the parameter's name; values that only the schedule can judge are left to Schedule::compile.
Result<json::object> config_from_rule(std::string_view trigger_ref, const json::object& trigger_params);

/// The timer of a trigger whose param_schema is a timer configuration (`type` is one of interval, cron, one_shot,
/// rrule, also the older `date_time`; `interval_seconds` is an older `seconds`). Nothing when it is an ordinary
/// parameter schema.
std::optional<json::object> config_from_trigger(const json::value& param_schema);

} // namespace attune::logic::schedule
