#pragma once
#include "api/context.hpp"
#include "api/definitions/views.hpp"
#include "api/router.hpp"

namespace attune::api {

struct CreateRule {
    std::string ref;
    std::string pack_ref;
    std::string label;
    std::optional<std::string> description;
    std::string action_ref;
    std::string trigger_ref;
    std::optional<json::value> conditions;
    std::optional<json::object> action_params;
    std::optional<json::object> trigger_params;
    std::optional<std::vector<std::string>> permission_set_refs; ///< null: what the action's default is
    std::optional<bool> enabled;
};
ATTUNE_STRUCT(CreateRule);

struct UpdateRule {
    std::optional<std::string> label;
    Patch<std::string> description;
    std::optional<std::string> action_ref;
    std::optional<std::string> trigger_ref;
    Patch<json::value> conditions;
    std::optional<json::object> action_params;
    std::optional<json::object> trigger_params;
    Patch<std::vector<std::string>> permission_set_refs;
    std::optional<bool> enabled;
};
ATTUNE_STRUCT(UpdateRule);

/// /api/v1/rules, and the lists of rules below packs, actions and triggers.
class RuleRoutes {
public:
    explicit RuleRoutes(Context& ctx) : ctx_(ctx) {}
    void declare(Router& r);

private:
    task<Result<Page<RuleSummary>>> list(Query<PageQuery> page, const Caller& caller);
    task<Result<Page<RuleSummary>>> enabled(Query<PageQuery> page, const Caller& caller);
    task<Result<Page<RuleSummary>>> of_pack(Path<std::string> ref, Query<PageQuery> page, const Caller& caller);
    task<Result<Page<RuleSummary>>> of_action(Path<std::string> ref, Query<PageQuery> page, const Caller& caller);
    task<Result<Page<RuleSummary>>> of_trigger(Path<std::string> ref, Query<PageQuery> page, const Caller& caller);
    task<Result<Data<RuleView>>> get(Path<std::string> ref, const Caller& caller);
    task<Result<Data<RuleView>>> create(Body<CreateRule> body, const Caller& caller);
    task<Result<Data<RuleView>>> update(Path<std::string> ref, Body<UpdateRule> body, const Caller& caller);
    task<Result<Data<RuleView>>> enable(Path<std::string> ref, const Caller& caller);
    task<Result<Data<RuleView>>> disable(Path<std::string> ref, const Caller& caller);
    task<Result<Deleted>> remove(Path<std::string> ref, const Caller& caller);
    task<Result<Data<RuleView>>> change(const std::string& ref, UpdateRule body, const Caller& caller, bool repeat);

    Context& ctx_;
};

} // namespace attune::api
