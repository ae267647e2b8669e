#pragma once
#include "domain/action.hpp"
#include "domain/calendar.hpp"
#include "domain/identity.hpp"
#include "domain/pack.hpp"
#include "domain/rule.hpp"
#include "domain/trigger.hpp"
#include "logic/definitions/fields.hpp"
#include "logic/definitions/timers.hpp"

/// Whether definitions are valid: the same for those that the API gets and for those that packs bring. Pure. Errors:
/// `invalid`, with the field (as the API names it) and what was expected.
namespace attune::logic::definitions {

inline constexpr std::int64_t kLongestTimeoutSeconds = 7 * 24 * 3600;
inline constexpr std::int64_t kMostRetries = 100;

/// All of a pack but its ref.
Result<void> check_pack(const Pack& pack);
/// All of a runtime but its refs.
Result<void> check_runtime(const Runtime& runtime);
/// Runtimes are found by their aliases in lower case.
std::vector<std::string> lower_aliases(std::vector<std::string> aliases);
/// All of a permission set but its refs.
Result<void> check_permission_set(const PermissionSet& set);
/// All of a calendar but its refs; its definition comes back compiled.
Result<schedule::Calendar> check_calendar(const Calendar& calendar);
/// All of an action but its refs.
Result<void> check_action(const Action& action);

/// All of a trigger but its refs, and but what its param_schema may ask of a source.
Result<void> check_trigger(const Trigger& trigger);
/// What it asks of the source that owns it.
Result<void> check_trigger_source(const Trigger& trigger, const schedule::CalendarLookup& calendars);

/// All of a rule that needs no other row.
Result<void> check_rule(const Rule& rule);
/// trigger_params: what the source that owns the trigger says of them, else what its param_schema says.
Result<void> check_trigger_params(const Trigger& trigger, const json::object& params,
                                  const schedule::CalendarLookup& calendars);
/// action_params against the action's param_schema; templates stand for any value.
Result<void> check_action_params(const std::optional<json::object>& param_schema, const json::object& params);
/// What a rule gives to its trigger and its action: trigger_params, action_params, and that no template leads a secret
/// of the trigger's payload, or of the configuration of the rule's pack, into a parameter that is not secret.
Result<void> check_rule_links(const Rule& rule, const Trigger& trigger, const Action& action,
                              const json::object& conf_schema, const schedule::CalendarLookup& calendars);

} // namespace attune::logic::definitions
