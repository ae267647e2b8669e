#pragma once
#include "api/accounts/auth.hpp"
#include "api/auth/bearer.hpp"
#include "api/definitions/actions.hpp"
#include "api/definitions/calendars.hpp"
#include "api/definitions/keys.hpp"
#include "api/definitions/packs.hpp"
#include "api/definitions/rules.hpp"
#include "api/definitions/runtimes.hpp"
#include "api/definitions/triggers.hpp"
#include "api/flow/enforcements.hpp"
#include "api/flow/evaluations.hpp"
#include "api/flow/events.hpp"
#include "api/flow/execute.hpp"
#include "api/flow/execution_logs.hpp"
#include "api/flow/executions.hpp"
#include "api/flow/rule_explanation.hpp"
#include "api/flow/rule_tests.hpp"
#include "api/notifications/notification_api.hpp"
#include "api/openapi.hpp"
#include "api/process/audit_events.hpp"
#include "api/process/process_api.hpp"
#include "api/streams/streams.hpp"
#include "api/timers/schedules.hpp"
#include "api/timers/timers.hpp"
#include "api/webhooks/receiver.hpp"
#include "api/webhooks/webhooks.hpp"
#include "api/workers/workers.hpp"

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
    WebhookRoutes webhooks_;
    WebhookReceiver receiver_;
    ActionRoutes actions_;
    RuleRoutes rules_;
    CalendarRoutes calendars_;
    KeyRoutes keys_;
    ScheduleRoutes schedules_;
    TimerRoutes timers_;
    FlowHub hub_;
    EventRoutes events_;
    EvaluationRoutes evaluations_;
    RuleTestRoutes rule_tests_;
    RuleExplanationRoutes rule_explanations_;
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
