#include "api/streams/streams.hpp"

#include "api/common/sse.hpp"

namespace attune::api {

ATTUNE_FIELDS(ExecutionStreamQuery, execution_id);

void StreamRoutes::declare(Router& router) {
    router.get("/api/v1/executions/stream", &StreamRoutes::executions, *this)
        .summary("Follow the states of executions")
        .description("One message for each state of each execution, or of execution_id alone.")
        .produces("text/event-stream")
        .authenticated();
    router.get("/api/v1/flow/stream", &StreamRoutes::flow, *this)
        .summary("Follow the flow hop by hop")
        .description("One JSON object a message: `hop` is event, decision or execution, in this order for each event.")
        .produces("text/event-stream")
        .authenticated();
}

task<Result<Raw>> StreamRoutes::executions(api::Query<ExecutionStreamQuery> query, const Caller& caller) {
    CO_CHECK(caller.require(Resource::executions, Right::read));
    CO_TRY(auto stream, co_await hub_.listen(FlowHub::Stream::executions, query->execution_id));
    co_return sse_response(std::move(stream));
}

task<Result<Raw>> StreamRoutes::flow(const Caller& caller) {
    CO_CHECK(caller.require(Resource::events, Right::read));
    CO_CHECK(caller.require(Resource::executions, Right::read));
    CO_TRY(auto stream, co_await hub_.listen(FlowHub::Stream::hops));
    co_return sse_response(std::move(stream));
}

} // namespace attune::api
