#include "api/routes/enforcements.hpp"

#include "api/routes/executions.hpp"
#include "api/routes/history_list.hpp"

namespace attune::api {
namespace {

constexpr ListSource kList{"select id, rule, rule_ref, trigger_ref, event, status, condition, created from enforcement",
                           "enforcement"};
const QueryOf<Enforcement> kGet{"api.enforcement.get", "select {columns} from enforcement where id = $1"};

} // namespace

void EnforcementRoutes::declare(Router& router) {
    router.get("/api/v1/enforcements", &EnforcementRoutes::list, *this)
        .summary("List enforcements, newest first")
        .needs(Resource::enforcements, Right::read);
    router.get("/api/v1/enforcements/{id}", &EnforcementRoutes::get, *this)
        .summary("Read an enforcement")
        .needs(Resource::enforcements, Right::read);
    router.get("/api/v1/enforcements/{id}/executions", &EnforcementRoutes::executions, *this)
        .summary("List the executions of an enforcement")
        .needs(Resource::executions, Right::read);
}

task<Result<Page<EnforcementSummary>>> EnforcementRoutes::list(api::Query<EnforcementQuery> query) {
    CO_TRY(const auto window, shallow(query->window()));
    ListFilter filter;
    filter.add("rule = $?", query->rule)
        .add("event = $?", query->event)
        .add("status = $?", query->status)
        .add("trigger_ref = $?", query->trigger_ref)
        .add("rule_ref = $?", query->rule_ref);
    co_return co_await list_newest<EnforcementSummary>(context_.db, kList, std::move(filter), window,
                                                       query->include_total);
}

task<Result<Data<Enforcement>>> EnforcementRoutes::get(Path<EnforcementId> id) {
    CO_TRY(auto found,
           co_await context_.db.read([&](Session& session) { return session.find<Enforcement>(kGet, *id); }));
    if (!found) co_return no_such("Enforcement", id->value);
    co_return Data{*std::move(found)};
}

task<Result<Page<ExecutionSummary>>> EnforcementRoutes::executions(Path<EnforcementId> id,
                                                                   api::Query<PerPage20> query) {
    CO_TRY(const auto window, shallow(query->window()));
    CO_TRY(const auto found,
           co_await context_.db.read([&](Session& session) { return session.find<Enforcement>(kGet, *id); }));
    if (!found) co_return no_such("Enforcement", id->value);
    ListFilter filter;
    filter.add(kOfEnforcement, id->value);
    co_return co_await list_executions(context_.db, std::move(filter), window, query->include_total);
}

} // namespace attune::api
