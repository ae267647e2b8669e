#pragma once
#include "domain/action.hpp"
#include "domain/calendar.hpp"
#include "domain/pack.hpp"
#include "domain/rule.hpp"
#include "domain/trigger.hpp"
#include "logic/schedule/schedule.hpp"

/// What is asked of definitions that clients write. Pure. Errors: `invalid`, with the field and what was expected.
/// `calendars` finds those that timers name; without it there are none.
namespace attune::api {

inline constexpr std::int64_t kLongestTimeoutSeconds = 7 * 24 * 3600;
inline constexpr std::int64_t kMostRetries = 100;

/// From `least` to `most` bytes, valid UTF-8.
Result<void> check_text(std::string_view field, std::string_view text, std::size_t least, std::size_t most);
Result<void> check_label(std::string_view label);
Result<void> check_range(std::string_view field, std::int64_t value, std::int64_t least, std::int64_t most);

/// "artifact_retention_policy" and "artifact_retention_limit" (`what` is their first word), where they are given.
Result<void> check_retention(std::string_view what, const std::optional<std::string>& policy,
                             const std::optional<std::int64_t>& limit);

Result<void> check_pack_ref(std::string_view ref);
/// A component's ref whose pack part is `pack_ref`.
Result<void> check_component_ref(std::string_view ref, std::string_view pack_ref);
/// MAJOR.MINOR.PATCH, the last two optional, with an optional -prerelease or +build.
Result<void> check_version(std::string_view version);

/// "param_schema", "out_schema", "conf_schema": a well-formed parameter schema.
Result<void> check_schema(const std::optional<json::object>& schema, std::string_view field);
/// A trigger's param_schema: a timer configuration that can be scheduled, or a well-formed parameter schema.
Result<void> check_trigger_schema(const std::optional<json::object>& schema,
                                  const logic::schedule::CalendarLookup& calendars);

/// The schedule of a timer's configuration; errors name its member below `field`, and the parameter of `params` (a
/// rule's trigger_params) that it came from.
Result<logic::schedule::Schedule> compile_timer(const json::object& config, std::string_view field,
                                                const json::object& params,
                                                const logic::schedule::CalendarLookup& calendars);
/// The schedule of a rule on one of the core timer triggers.
Result<logic::schedule::Schedule> compile_rule_timer(std::string_view trigger_ref, const json::object& params,
                                                     const logic::schedule::CalendarLookup& calendars);
/// trigger_params: a schedule on the core timer triggers, else what the trigger's param_schema says.
Result<void> check_trigger_params(std::string_view trigger_ref, const std::optional<json::object>& param_schema,
                                  const json::object& params, const logic::schedule::CalendarLookup& calendars);
/// action_params against the action's param_schema; templates stand for any value.
Result<void> check_action_params(const std::optional<json::object>& param_schema, const json::object& params);
/// No template of the action_params leads a secret of the trigger's payload, or of the pack's configuration, into a
/// parameter that is not secret.
Result<void> check_no_leak(const json::object& action_params, const std::optional<json::object>& param_schema,
                           const std::optional<json::object>& out_schema, const json::object& conf_schema);
Result<void> check_conditions(const json::value& conditions);

/// What an action or an execution asks of workers, where it is given: labels, tolerations and affinity.
Result<void> check_placement(const std::optional<json::object>& selector, const std::optional<json::array>& tolerations,
                             const std::optional<json::object>& affinity);

/// All of an action but its refs.
Result<void> check_action(const Action& action);
/// All of a calendar but its refs; its definition comes back compiled.
Result<logic::schedule::Calendar> check_calendar(const Calendar& calendar);
/// All of a trigger but its refs.
Result<void> check_trigger(const Trigger& trigger, const logic::schedule::CalendarLookup& calendars);
/// All of a rule that needs no other row.
Result<void> check_rule(const Rule& rule);
/// All of a pack but its ref.
Result<void> check_pack(const Pack& pack);

} // namespace attune::api
