#include "api/flow/enforcements.hpp"

#include "api/common/history_list.hpp"
#include "api/flow/executions.hpp"
#include "domain/event.hpp"

namespace attune::api {

ATTUNE_FIELDS_AFTER(PerPage50, EnforcementQuery, rule, event, status, trigger_ref, rule_ref);

namespace {

const QueryOf<Enforcement> kGet{"api.enforcement.get", "select {columns} from enforcement where id = $1"};
const attune::Query kRuleRef{"api.enforcement.rule_ref", "select ref from rule where id = $1"};

} // namespace

ListFilter filter_of(const EnforcementQuery& query, const std::optional<std::string>& ref_of_rule) {
    ListFilter out;
    out.equals("event", query.event)
        .equals("rule_ref", ref_of_rule)
        .add("rule = $?", query.rule)
        .equals("rule_ref", query.rule_ref)
        .equals("trigger_ref", query.trigger_ref)
        .equals("status", query.status);
    return out;
}

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
    CO_TRY(const auto ref, co_await ref_of(context_.db, kRuleRef, query->rule));
    co_return co_await list_newest<EnforcementSummary>(context_.db, kEnforcementList, filter_of(*query, ref), window,
                                                       query->include_total);
}

task<Result<Data<Enforcement>>> EnforcementRoutes::get(Path<EnforcementId> id, api::Query<SecretQuery> query,
                                                       const Caller& caller) {
    CO_CHECK(may_see(caller, *query));
    CO_TRY(auto found, co_await context_.db.read([&](Session& session) -> Result<std::optional<Enforcement>> {
        TRY(auto one, session.find<Enforcement>(kGet, *id));
        if (!one || !query->include_secret_values) return one;
        TRY(auto shown, with_secrets(session, *std::move(one)));
        return std::optional{std::move(shown)};
    }));
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
