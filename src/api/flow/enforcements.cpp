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
    router.get("/api/v1/enforcements", &EnforcementRoutes::list, *this, context_)
        .summary("List enforcements, newest first")
        .needs(Resource::enforcements, Right::read);
    router.get("/api/v1/enforcements/{id}", &EnforcementRoutes::get, *this, context_)
        .summary("Read an enforcement")
        .needs(Resource::enforcements, Right::read);
    router.get("/api/v1/enforcements/{id}/executions", &EnforcementRoutes::executions, *this, context_)
        .summary("List the executions of an enforcement")
        .needs(Resource::executions, Right::read);
}

Result<Page<EnforcementSummary>> EnforcementRoutes::list(Session& session, const api::Query<EnforcementQuery>& query) {
    TRY(const auto window, shallow(query->window()));
    TRY(const auto ref, ref_of(session, kRuleRef, query->rule));
    return list_newest<EnforcementSummary>(session, kEnforcementList, filter_of(*query, ref), window,
                                           query->include_total);
}

Result<Data<Enforcement>> EnforcementRoutes::get(Session& session, const Path<EnforcementId>& id,
                                                 const api::Query<SecretQuery>& query, const Caller& caller) {
    CHECK(may_see(caller, *query));
    TRY(auto found, session.find<Enforcement>(kGet, *id));
    if (!found) return no_such("Enforcement", id->value);
    if (!query->include_secret_values) return Data{*std::move(found)};
    TRY(auto shown, with_secrets(session, *std::move(found)));
    return Data{std::move(shown)};
}

Result<Page<ExecutionSummary>> EnforcementRoutes::executions(Session& session, const Path<EnforcementId>& id,
                                                             const api::Query<PerPage20>& query) {
    TRY(const auto window, shallow(query->window()));
    TRY(const auto found, session.find<Enforcement>(kGet, *id));
    if (!found) return no_such("Enforcement", id->value);
    ListFilter filter;
    filter.add(kOfEnforcement, id->value);
    return list_executions(session, filter, window, query->include_total);
}

} // namespace attune::api
