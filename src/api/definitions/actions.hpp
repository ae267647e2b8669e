#pragma once
#include "api/context.hpp"
#include "api/definitions/views.hpp"
#include "api/router.hpp"
#include "domain/action.hpp"

namespace attune::api {

struct CreateAction {
    std::string ref;
    std::string pack_ref;
    std::string label;
    std::string entrypoint;
    std::optional<std::string> description;
    std::optional<RuntimeId> runtime;
    std::optional<std::string> runtime_ref;
    std::optional<std::string> runtime_version_constraint;
    std::optional<json::object> required_worker_runtimes;
    std::optional<json::object> worker_selector;
    std::optional<json::array> worker_tolerations;
    std::optional<json::object> worker_affinity;
    std::optional<json::object> param_schema;
    std::optional<json::object> out_schema;
    std::optional<ParameterDelivery> parameter_delivery;
    std::optional<ParameterFormat> parameter_format;
    std::optional<OutputFormat> output_format;
    std::optional<std::int64_t> timeout_seconds;
    std::optional<std::int64_t> max_retries;
    std::optional<bool> accesses_mcp;
    std::optional<std::vector<std::string>> default_execution_permission_set_refs;
    std::optional<std::string> log_retention_policy;
    std::optional<std::int64_t> log_retention_limit;
    std::optional<std::string> artifact_retention_policy;
    std::optional<std::int64_t> artifact_retention_limit;
};
ATTUNE_STRUCT(CreateAction);

struct UpdateAction {
    std::optional<std::string> label;
    std::optional<std::string> entrypoint;
    Patch<std::string> description;
    std::optional<RuntimeId> runtime;
    std::optional<std::string> runtime_ref;
    Patch<std::string> runtime_version_constraint;
    std::optional<json::object> required_worker_runtimes;
    std::optional<json::object> worker_selector;
    std::optional<json::array> worker_tolerations;
    std::optional<json::object> worker_affinity;
    Patch<json::object> param_schema;
    Patch<json::object> out_schema;
    std::optional<ParameterDelivery> parameter_delivery;
    std::optional<ParameterFormat> parameter_format;
    std::optional<OutputFormat> output_format;
    Patch<std::int64_t> timeout_seconds;
    std::optional<std::int64_t> max_retries;
    std::optional<bool> accesses_mcp;
    std::optional<std::vector<std::string>> default_execution_permission_set_refs;
    Patch<std::string> log_retention_policy;
    Patch<std::int64_t> log_retention_limit;
    Patch<std::string> artifact_retention_policy;
    Patch<std::int64_t> artifact_retention_limit;
};
ATTUNE_STRUCT(UpdateAction);

struct ActionQuery {
    std::int64_t page = 1;
    std::int64_t page_size = 50;
    bool executable_with_current_access = false; ///< only those that the caller may execute
};
ATTUNE_STRUCT(ActionQuery);

struct ActionSearch {
    std::string q;                  ///< text in the ref, label or description; empty finds all
    std::vector<std::string> packs; ///< only of these packs; empty: of all
};
ATTUNE_STRUCT(ActionSearch);

struct ActionHit {
    std::string ref;
    std::string pack_ref;
    std::string label;
    std::optional<std::string> description;
    std::optional<std::string> runtime_ref;
    bool is_workflow = false;
    bool accesses_mcp = false;
};
ATTUNE_STRUCT(ActionHit);

/// How many executions of an action wait and run.
struct QueueStats {
    ActionId action_id;
    std::string action_ref;
    std::int64_t queue_length = 0;
    std::int64_t active_count = 0;
    std::int64_t max_concurrent = 0; ///< 0: the workers' own bound alone
    std::optional<Timestamp> oldest_enqueued_at;
    std::int64_t total_enqueued = 0;
    std::int64_t total_completed = 0;
    Timestamp last_updated;
};
ATTUNE_STRUCT(QueueStats);

/// /api/v1/actions, and the list of a pack's actions.
class ActionRoutes {
public:
    explicit ActionRoutes(Context& ctx) : ctx_(ctx) {}
    void declare(Router& r);

private:
    task<Result<Page<ActionSummary>>> list(Query<ActionQuery> query, const Caller& caller);
    task<Result<Page<ActionSummary>>> of_pack(Path<std::string> ref, Query<ActionQuery> query, const Caller& caller);
    task<Result<Data<std::vector<ActionHit>>>> search(Query<ActionSearch> query, const Caller& caller);
    task<Result<Data<ActionView>>> get(Path<std::string> ref, const Caller& caller);
    task<Result<Data<QueueStats>>> queue_stats(Path<std::string> ref, const Caller& caller);
    task<Result<Data<ActionView>>> create(Body<CreateAction> body, const Caller& caller);
    task<Result<Data<ActionView>>> update(Path<std::string> ref, Body<UpdateAction> body, const Caller& caller);
    task<Result<Deleted>> remove(Path<std::string> ref, const Caller& caller);

    Context& ctx_;
};

} // namespace attune::api
