#pragma once
#include "api/common/history_list.hpp"
#include "api/context.hpp"
#include "api/flow/execution_views.hpp"
#include "api/flow/secrets.hpp"
#include "api/router.hpp"
#include "domain/execution.hpp"

namespace attune::api {

struct ExecutionQuery : PerPage20 {
    std::optional<ExecutionStatus> status;
    std::optional<std::string> action_ref;
    std::optional<std::string> pack_name;
    std::optional<std::string> rule_ref;
    std::optional<std::string> trigger_ref;
    std::optional<std::int64_t> executor;
    std::optional<std::string> result_contains; ///< looked for in the newest executions alone
    std::optional<std::int64_t> enforcement;
    std::optional<std::int64_t> parent;
    bool top_level_only = false;
};
ATTUNE_STRUCT(ExecutionQuery);

/// How many of the newest ids result_contains looks at: results have no index.
inline constexpr std::int64_t kResultWindow = 10'000;

inline constexpr ListSource kExecutionList{
    "select id, action_ref, status, parent, enforcement, rule_ref, trigger_ref, original_execution, created, updated,"
    " started_at, finished_at from execution",
    "execution"};

/// The pack's part of an action's ref, with its dot: what the index execution_pack is made of.
inline constexpr std::string_view kPackOfAction = "rtrim(action_ref, replace(action_ref, '.', ''))";

/// The filter's condition for the executions of an enforcement and their retries, along its indexes.
inline constexpr std::string_view kOfEnforcement =
    "id in (select e.id from execution e where e.enforcement = $? and e.parent is null and e.original_execution is null"
    " union all select r.id from execution r where r.original_execution in (select e.id from execution e where"
    " e.enforcement = $? and e.parent is null and e.original_execution is null))";

/// What a query's filters mean.
ListFilter filter_of(const ExecutionQuery& query);

Result<Page<ExecutionSummary>> list_executions(Session& session, const ListFilter& filter, const PageWindow& window,
                                               bool include_total);

/// What the rights to an execution go by.
Target execution_target(const Caller& caller, ExecutionId id, const std::string& action_ref,
                        std::optional<IdentityId> executor);

/// Whether the caller may do this to the execution: by a grant, or because it runs in it or in its parent.
Result<void> require_on(const Caller& caller, Right right, const Execution& execution);

/// The execution. Errors: `not_found`; `forbidden` unless the caller may read it.
Result<Execution> readable_execution(Session& session, ExecutionId id, const Caller& caller);

/// Reading and cancelling executions.
class ExecutionRoutes {
public:
    explicit ExecutionRoutes(Context& context) : context_(context) {}
    void declare(Router& router);

    Result<Page<ExecutionSummary>> list(Session& session, const api::Query<ExecutionQuery>& query);
    Result<Page<ExecutionSummary>> with_status(Session& session, const Path<ExecutionStatus>& status,
                                               const api::Query<PerPage20>& query);
    Result<Data<ExecutionStats>> stats(Session& session);
    Result<Data<ExecutionResponse>> get(Session& session, const Path<ExecutionId>& id,
                                        const api::Query<SecretQuery>& query, const Caller& caller);
    Result<flow::Changed<Data<ExecutionResponse>>> cancel(Session& session, const Path<ExecutionId>& id,
                                                          const Caller& caller, Timestamp now);
    Result<Page<ExecutionChange>> history(Session& session, const Path<ExecutionId>& id,
                                          const api::Query<PageQuery>& query, const Caller& caller);
    Result<Data<json::array>> artifacts(Session& session, const Path<ExecutionId>& id, const Caller& caller);
    Result<Page<json::object>> inquiries(Session& session, const Path<ExecutionId>& id, const Caller& caller);

private:
    Context& context_;
};

} // namespace attune::api
