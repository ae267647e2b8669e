#pragma once
#include "api/context.hpp"
#include "api/flow/execution_views.hpp"
#include "api/router.hpp"
#include "domain/action.hpp"
#include "domain/execution.hpp"

namespace attune::api {

/// POST /executions/execute: an action by hand.
struct ExecuteRequest {
    std::string action_ref;
    std::optional<json::object> parameters;
    std::optional<json::object> env_vars;
    std::optional<std::vector<std::string>> permission_set_refs; ///< none: those of the action
    std::optional<std::string> artifact_retention_policy;
    std::optional<std::int64_t> artifact_retention_limit;
    std::optional<json::object> worker_selector;
    std::optional<json::array> worker_tolerations;
    std::optional<json::object> worker_affinity;
};
ATTUNE_STRUCT(ExecuteRequest);

/// The execution that a request asks for, without its id and placement. Errors: `invalid` (parameters that do not fit
/// the action's schema).
Result<Execution> make_execution(const ExecuteRequest& request, const Action& action, const Caller& caller,
                                 Timestamp now);

/// Running an action on request.
class ExecuteRoute {
public:
    explicit ExecuteRoute(Context& context) : context_(context) {}
    void declare(Router& router);

    task<Result<Data<ExecutionResponse>>> execute(Body<ExecuteRequest> body, const Caller& caller);

private:
    Context& context_;
};

} // namespace attune::api
