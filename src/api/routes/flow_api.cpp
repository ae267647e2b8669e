#include "api/routes/flow_api.hpp"

namespace attune::api {

FlowApi::FlowApi(Context& context, ServiceGroup& group)
    : hub_(context, group), events_(context), enforcements_(context), executions_(context), execute_(context),
      logs_(context), streams_(hub_), workers_(context) {}

void FlowApi::declare(Router& router) {
    events_.declare(router);
    enforcements_.declare(router);
    executions_.declare(router);
    execute_.declare(router);
    logs_.declare(router);
    streams_.declare(router);
    workers_.declare(router);
}

} // namespace attune::api
