#pragma once
#include "domain/trigger.hpp"
#include "logic/schedule/options.hpp"
#include "logic/schedule/schedule.hpp"

#include <span>

namespace attune::logic::definitions {

/// Something that makes events by itself. It owns triggers; what it is to do is said by a rule's trigger_params, or by
/// the trigger itself where its param_schema is the source's configuration. What it keeps of that in the database is
/// flow/sources. Pure.
class Source {
public:
    virtual ~Source() = default;
    /// "timer"
    virtual std::string_view name() const = 0;

    /// Whether it makes the events of this trigger.
    virtual bool owns(const Trigger& trigger) const = 0;
    /// Whether the param_schema is no schema of parameters, but what the source is to do.
    virtual bool is_configured_by(const Trigger& trigger) const = 0;

    /// What an own trigger asks for. Errors: `invalid`, below "param_schema".
    virtual Result<void> check_trigger(const Trigger& trigger, const schedule::CalendarLookup& calendars) const = 0;
    /// What a rule on an own trigger asks for. Errors: `invalid`, below "trigger_params".
    virtual Result<void> check_rule(const Trigger& trigger, const json::object& trigger_params,
                                    const schedule::CalendarLookup& calendars) const = 0;

    /// What matters beyond the source of what is asked for.
    struct Asked {
        schedule::RunOverlap overlap = schedule::RunOverlap::allow; ///< of the rule's runs
        std::vector<std::string> calendars;                         ///< that it follows
    };
    /// Of what is no valid request: nothing.
    virtual Asked asked(const Trigger& trigger, const json::object& trigger_params) const = 0;
};

/// All of them: a further one is a further row.
std::span<const Source* const> sources();

/// The source that owns the trigger; none: its events come through the API alone.
const Source* source_of(const Trigger& trigger);

/// Source::asked() of the source that owns the trigger. `trigger`: only its ref and its param_schema matter.
Source::Asked asked_of_source(const Trigger& trigger, const json::object& trigger_params);

} // namespace attune::logic::definitions
