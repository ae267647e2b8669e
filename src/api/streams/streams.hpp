#pragma once
#include "api/router.hpp"
#include "api/streams/flow_hub.hpp"

namespace attune::api {

struct ExecutionStreamQuery {
    std::optional<ExecutionId> execution_id;
};
ATTUNE_STRUCT(ExecutionStreamQuery);

/// The live views: server-sent events for every change.
class StreamRoutes {
public:
    explicit StreamRoutes(FlowHub& hub) : hub_(hub) {}
    void declare(Router& router);

    task<Result<Raw>> executions(api::Query<ExecutionStreamQuery> query, const Caller& caller);
    task<Result<Raw>> flow(const Caller& caller);

private:
    FlowHub& hub_;
};

} // namespace attune::api
