#pragma once
#include "api/context.hpp"
#include "api/definitions/views.hpp"
#include "api/router.hpp"

namespace attune::api {

struct CreateTrigger {
    std::string ref;
    std::optional<std::string> pack_ref;
    std::string label;
    std::optional<std::string> description;
    std::optional<json::object> param_schema;
    std::optional<json::object> out_schema;
    std::optional<bool> enabled;
};
ATTUNE_STRUCT(CreateTrigger);

struct UpdateTrigger {
    std::optional<std::string> label;
    Patch<std::string> description;
    Patch<json::object> param_schema;
    Patch<json::object> out_schema;
    std::optional<bool> enabled;
};
ATTUNE_STRUCT(UpdateTrigger);

/// /api/v1/triggers, and the list of a pack's triggers.
class TriggerRoutes {
public:
    explicit TriggerRoutes(Context& ctx) : ctx_(ctx) {}
    void declare(Router& r);

private:
    task<Result<Page<TriggerSummary>>> list(Query<PageQuery> page, const Caller& caller);
    task<Result<Page<TriggerSummary>>> enabled(Query<PageQuery> page, const Caller& caller);
    task<Result<Page<TriggerSummary>>> of_pack(Path<std::string> ref, Query<PageQuery> page, const Caller& caller);
    task<Result<Data<TriggerView>>> get(Path<std::string> ref, const Caller& caller);
    task<Result<Data<TriggerView>>> create(Body<CreateTrigger> body, const Caller& caller);
    task<Result<Data<TriggerView>>> update(Path<std::string> ref, Body<UpdateTrigger> body, const Caller& caller);
    task<Result<Data<TriggerView>>> enable(Path<std::string> ref, const Caller& caller);
    task<Result<Data<TriggerView>>> disable(Path<std::string> ref, const Caller& caller);
    task<Result<Deleted>> remove(Path<std::string> ref, const Caller& caller);
    task<Result<Data<TriggerView>>> change(const std::string& ref, UpdateTrigger body, const Caller& caller);

    Context& ctx_;
};

} // namespace attune::api
