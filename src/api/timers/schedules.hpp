#pragma once
#include "api/context.hpp"
#include "api/router.hpp"
#include "logic/schedule/preview.hpp"

namespace attune::api {

/// A timer that is not saved, in either form: what a rule on a core timer trigger carries, or a configuration.
struct PreviewSchedule {
    std::optional<std::string> trigger_ref;
    std::optional<json::object> trigger_params;
    std::optional<json::object> config;
    std::optional<Timestamp> after; ///< none = now
    std::optional<std::int64_t> count;
};
ATTUNE_STRUCT(PreviewSchedule);

/// /api/v1/schedules
class ScheduleRoutes {
public:
    /// The most times that one preview shows.
    static constexpr std::int64_t kMostTimes = 1000;

    explicit ScheduleRoutes(Context& ctx) : ctx_(ctx) {}
    void declare(Router& r);

private:
    Result<Data<logic::schedule::Preview>> preview(Session& session, const Body<PreviewSchedule>& body, Timestamp now);

    Context& ctx_;
};

} // namespace attune::api
