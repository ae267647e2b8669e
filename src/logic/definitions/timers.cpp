#include "logic/definitions/timers.hpp"

#include "logic/schedule/normalise.hpp"

namespace attune::logic::definitions {
namespace {

/// The parameter of a rule that a member of the canonical configuration came from.
std::string parameter_of(std::string member, const json::object& params) {
    const bool is_period = member == "seconds" || member == "minutes" || member == "hours" || member == "days";
    return is_period && params.contains("interval") ? "interval" : member;
}

/// The error with its field below `parent`.
Error below(std::string_view parent, Error error) {
    error.field = error.field.empty() ? std::string(parent) : join_path(parent, error.field);
    return error;
}

} // namespace

Result<schedule::Schedule> compile_timer(const json::object& config, std::string_view field, const json::object& params,
                                         const schedule::CalendarLookup& calendars) {
    auto compiled = schedule::Schedule::compile(config, calendars);
    if (compiled) return compiled;
    auto error = std::move(compiled).error();
    error.field = parameter_of(error.field, params);
    return below(field, std::move(error));
}

Result<schedule::Schedule> compile_rule_timer(std::string_view trigger_ref, const json::object& params,
                                              const schedule::CalendarLookup& calendars) {
    if (!schedule::is_rule_timer_trigger(trigger_ref)) {
        return invalid("trigger_ref", "expected core.intervaltimer, core.crontimer, core.datetimetimer or "
                                      "core.rruletimer");
    }
    auto config = schedule::config_from_rule(trigger_ref, params);
    if (config) return compile_timer(*config, "trigger_params", params, calendars);
    return below("trigger_params", std::move(config).error());
}

Result<schedule::Calendar> compile_calendar(const json::object& definition) {
    auto compiled = schedule::Calendar::compile(definition);
    if (compiled) return compiled;
    return below("definition", std::move(compiled).error());
}

} // namespace attune::logic::definitions
