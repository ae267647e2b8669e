#include "logic/definitions/timer_source.hpp"

#include "logic/definitions/timers.hpp"
#include "logic/schedule/normalise.hpp"

namespace attune::logic::definitions {
namespace {

/// The timer that a trigger's param_schema states, if it does.
std::optional<json::object> config_of(const Trigger& trigger) {
    if (!trigger.param_schema) return std::nullopt;
    return schedule::config_from_trigger(json::value(*trigger.param_schema));
}

class TimerSource final : public Source {
public:
    std::string_view name() const override { return "timer"; }

    bool owns(const Trigger& trigger) const override {
        return schedule::is_rule_timer_trigger(trigger.ref) || is_configured_by(trigger);
    }
    bool is_configured_by(const Trigger& trigger) const override { return config_of(trigger).has_value(); }

    Result<void> check_trigger(const Trigger& trigger, const schedule::CalendarLookup& calendars) const override {
        if (const auto config = config_of(trigger)) CHECK(compile_timer(*config, "param_schema", {}, calendars));
        return {};
    }
    Result<void> check_rule(const Trigger& trigger, const json::object& trigger_params,
                            const schedule::CalendarLookup& calendars) const override {
        if (!schedule::is_rule_timer_trigger(trigger.ref)) return {}; // the trigger says it all
        CHECK(compile_rule_timer(trigger.ref, trigger_params, calendars));
        return {};
    }

    Asked asked(const Trigger& trigger, const json::object& trigger_params) const override {
        std::optional<json::object> config;
        if (!schedule::is_rule_timer_trigger(trigger.ref)) {
            config = config_of(trigger);
        } else if (auto own = schedule::config_from_rule(trigger.ref, trigger_params)) {
            config = *std::move(own);
        }
        if (!config) return {};
        return {overlap_in(*config), schedule::calendar_names(*config)};
    }

private:
    static schedule::RunOverlap overlap_in(const json::object& config) {
        const auto* word = config.if_contains("overlap");
        if (word == nullptr || !word->is_string()) return schedule::RunOverlap::allow;
        return parse_enum<schedule::RunOverlap>(word->get_string()).value_or(schedule::RunOverlap::allow);
    }
};

} // namespace

const Source& timer_source() {
    static const TimerSource kSource;
    return kSource;
}

} // namespace attune::logic::definitions
