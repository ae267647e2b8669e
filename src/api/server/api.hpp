#pragma once
#include "api/auth/bearer.hpp"
#include "api/notifications/notification_api.hpp"
#include "api/openapi.hpp"
#include "api/routes/actions.hpp"
#include "api/routes/audit_events.hpp"
#include "api/routes/auth.hpp"
#include "api/routes/calendars.hpp"
#include "api/routes/enforcements.hpp"
#include "api/routes/events.hpp"
#include "api/routes/execute.hpp"
#include "api/routes/execution_logs.hpp"
#include "api/routes/executions.hpp"
#include "api/routes/keys.hpp"
#include "api/routes/packs.hpp"
#include "api/routes/process_api.hpp"
#include "api/routes/rules.hpp"
#include "api/routes/runtimes.hpp"
#include "api/routes/schedules.hpp"
#include "api/routes/streams.hpp"
#include "api/routes/timers.hpp"
#include "api/routes/triggers.hpp"
#include "api/routes/workers.hpp"

namespace attune::api {

/// All routes of the server. Outlives the router's use and the group's coroutines.
class Api {
public:
    /// `feed` is that of the HTTP loop; it, `context` and `standings` outlive the routes.
    Api(Context& context, ProcessProbe probe, live::Feed& feed, StandingSource& standings,
        NotificationOptions notifications = {});
    void declare(Router& router);

private:
    ProcessApi process_;
    AuthRoutes auth_;
    PackRoutes packs_;
    RuntimeRoutes runtimes_;
    TriggerRoutes triggers_;
    ActionRoutes actions_;
    RuleRoutes rules_;
    CalendarRoutes calendars_;
    KeyRoutes keys_;
    ScheduleRoutes schedules_;
    TimerRoutes timers_;
    FlowHub hub_;
    EventRoutes events_;
    EnforcementRoutes enforcements_;
    ExecutionRoutes executions_;
    ExecuteRoute execute_;
    LogRoutes logs_;
    StreamRoutes streams_;
    WorkerRoutes workers_;
    AuditRoutes audit_;
    NotificationApi notifications_;
    std::optional<DocsRoutes> docs_;
};

} // namespace attune::api
