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

/// POST /executions/{id}/rerun: what is to be different.
struct RerunRequest {
    std::optional<json::object> parameters; ///< these, by their names; the others are those of the first run
    std::optional<json::object> env_vars;   ///< all of them
};
ATTUNE_STRUCT(RerunRequest);

/// The execution that a request asks for, without its id and placement. Errors: `invalid` (parameters that do not fit
/// the action's schema).
Result<Execution> make_execution(const ExecuteRequest& request, const Action& action, const Caller& caller,
                                 Timestamp now);

/// Running an action on request, and again.
class ExecuteRoute {
public:
    explicit ExecuteRoute(Context& context) : context_(context) {}
    void declare(Router& router);

    task<Result<Data<ExecutionResponse>>> execute(const Body<ExecuteRequest>& body, const Caller& caller);
    task<Result<Data<ExecutionResponse>>> rerun(const Path<ExecutionId>& id,
                                                const Body<std::optional<RerunRequest>>& body, const Caller& caller);

private:
    task<Result<Data<ExecutionResponse>>> run(std::function<Result<ExecuteRequest>(Session&)> request,
                                              const Caller& caller);

    Context& context_;
};

} // namespace attune::api
