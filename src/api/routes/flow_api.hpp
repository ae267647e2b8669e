#pragma once
#include "api/routes/enforcements.hpp"
#include "api/routes/events.hpp"
#include "api/routes/execute.hpp"
#include "api/routes/execution_logs.hpp"
#include "api/routes/executions.hpp"
#include "api/routes/streams.hpp"
#include "api/routes/workers.hpp"

namespace attune::api {

/// All routes about what happens: events, enforcements, executions, their live streams, and workers. Outlives the
/// router's use and the group's coroutines; the group is that of the HTTP loop.
class FlowApi {
public:
    FlowApi(Context& context, ServiceGroup& group);
    void declare(Router& router);

private:
    FlowHub hub_;
    EventRoutes events_;
    EnforcementRoutes enforcements_;
    ExecutionRoutes executions_;
    ExecuteRoute execute_;
    LogRoutes logs_;
    StreamRoutes streams_;
    WorkerRoutes workers_;
};

} // namespace attune::api
