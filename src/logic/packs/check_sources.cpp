#include "logic/definitions/definitions.hpp"
#include "logic/packs/read_pack.hpp"

#include <map>

namespace attune::logic::packs {
namespace {

/// The result, its error with the component before its field.
Result<void> of(const std::string& ref, Result<void> checked) {
    if (checked) return {};
    auto error = std::move(checked).error();
    error.field = join_path(ref, error.field);
    return error;
}

/// Finds the pack's calendars as they will be, and those that are installed.
Result<schedule::CalendarLookup> with_own(const std::vector<Calendar>& own, schedule::CalendarLookup installed) {
    std::map<std::string, schedule::Calendar> compiled;
    for (const auto& calendar : own) {
        TRY(auto one, definitions::check_calendar(calendar));
        compiled.emplace(calendar.ref, std::move(one));
    }
    return schedule::CalendarLookup(
        [compiled = std::move(compiled), installed = std::move(installed)](const std::string& name) {
            auto found = schedule::lookup_in(compiled)(name);
            return found || !installed ? found : installed(name);
        });
}

} // namespace

Result<void> check_sources(const PackDefinition& contents, schedule::CalendarLookup installed) {
    TRY(const auto calendars, with_own(contents.calendars, std::move(installed)));
    for (const auto& trigger : contents.triggers) {
        CHECK(of(trigger.ref, definitions::check_trigger_source(trigger, calendars)));
    }
    for (const auto& rule : contents.rules) {
        Trigger on; // which another pack may have: what its param_schema says is checked when the rule is made
        on.ref = rule.trigger_ref;
        CHECK(of(rule.ref, definitions::check_trigger_params(on, rule.trigger_params, calendars)));
    }
    return {};
}

} // namespace attune::logic::packs
