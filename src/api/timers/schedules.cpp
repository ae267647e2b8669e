#include "api/timers/schedules.hpp"

#include "flow/calendars.hpp"
#include "logic/definitions/definitions.hpp"

namespace attune::api {

ATTUNE_FIELDS(PreviewSchedule, trigger_ref, trigger_params, config, after, count);

namespace {

namespace definitions = logic::definitions;

namespace schedule = logic::schedule;

Result<schedule::Schedule> compile(const PreviewSchedule& body, const schedule::CalendarLookup& calendars) {
    if (body.config.has_value() == body.trigger_ref.has_value()) {
        return invalid(body.config ? "trigger_ref" : "config",
                       "expected a timer's configuration in config, or trigger_ref with trigger_params, and not both");
    }
    if (body.config) {
        if (body.trigger_params) return invalid("trigger_params", "expected only with trigger_ref");
        return definitions::compile_timer(*body.config, "config", {}, calendars);
    }
    return definitions::compile_rule_timer(*body.trigger_ref, body.trigger_params.value_or(json::object{}), calendars);
}

Result<schedule::Preview> preview_of(Session& session, const PreviewSchedule& body, Timestamp now) {
    constexpr std::int64_t kDefaultTimes = 10;
    const auto count = body.count.value_or(kDefaultTimes);
    CHECK(definitions::check_range("count", count, 0, ScheduleRoutes::kMostTimes));
    TRY(const auto compiled, compile(body, flow::calendars_in(session)));
    const auto after = body.after.value_or(now);
    return schedule::preview(compiled, after, after, static_cast<int>(count));
}

} // namespace

void ScheduleRoutes::declare(Router& r) {
    r.post("/api/v1/schedules/preview", &ScheduleRoutes::preview, *this, ctx_)
        .changes_nothing()
        .summary("What a schedule means and when it would fire, without saving it")
        .authenticated();
}

Result<Data<schedule::Preview>> ScheduleRoutes::preview(Session& session, const Body<PreviewSchedule>& body,
                                                        Timestamp now) {
    TRY(auto shown, preview_of(session, *body, now));
    return Data{std::move(shown)};
}

} // namespace attune::api
