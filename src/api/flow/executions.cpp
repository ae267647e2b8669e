#include "api/flow/executions.hpp"

#include "api/common/history_list.hpp"
#include "flow/endings.hpp"
#include "flow/status_sql.hpp"
#include "flow/tally.hpp"
#include "flow/touched.hpp"

namespace attune::api {

ATTUNE_FIELDS_AFTER(PerPage20, ExecutionQuery, status, action_ref, pack_name, rule_ref, trigger_ref, executor,
                    result_contains, enforcement, parent, top_level_only);

namespace {

const QueryOf<Execution> kGet{"api.execution.get", "select {columns} from execution where id = $1"};

void add_status(ListFilter& filter, const std::optional<ExecutionStatus>& status) {
    if (status && !filter.driven()) filter.add(is_final(*status) ? sql::ended() : sql::unfinished());
    filter.equals("status", status);
}

} // namespace

ListFilter filter_of(const ExecutionQuery& query) {
    ListFilter out;
    const bool few = query.status && !is_final(*query.status);
    out.drive(kOfEnforcement, query.enforcement).equals("parent", query.parent);
    if (few) add_status(out, query.status);
    out.equals("rule_ref", query.rule_ref)
        .equals("action_ref", query.action_ref)
        .equals("trigger_ref", query.trigger_ref);
    if (!few) add_status(out, query.status);
    out.equals("executor", query.executor);
    if (query.pack_name) out.equals(kPackOfAction, std::optional(*query.pack_name + "."));
    if (query.top_level_only) out.add("parent is null");
    if (query.result_contains) {
        out.add("id > (select coalesce(max(id), 0) from execution) - $?", kResultWindow)
            .add("cast(result as text) like $? escape '\\'",
                 "%" + ListFilter::like_literal(*query.result_contains) + "%");
    }
    return out;
}

Result<Page<ExecutionSummary>> list_executions(Session& session, const ListFilter& filter, const PageWindow& window,
                                               bool include_total) {
    TRY(auto page, list_newest<ExecutionListRow>(session, kExecutionList, filter, window, include_total));
    return mapped(std::move(page), &summary_of);
}

Target execution_target(const Caller& caller, ExecutionId id, const std::string& action_ref,
                        std::optional<IdentityId> executor) {
    Target out;
    out.id = id.value;
    out.ref = action_ref;
    out.pack_ref = action_ref.substr(0, action_ref.find('.'));
    if (executor == caller.identity) out.execution = ExecutionScope::self;
    out.attributes = caller.attributes;
    return out;
}

Result<void> require_on(const Caller& caller, Right right, const Execution& execution) {
    const auto own = caller.own_execution();
    if (own && (execution.id == *own || execution.parent == *own)) return {};
    return caller.require(Resource::executions, right,
                          execution_target(caller, execution.id, execution.action_ref, execution.executor));
}

Result<Execution> readable_execution(Session& session, ExecutionId id, const Caller& caller) {
    TRY(auto found, session.find<Execution>(kGet, id));
    if (!found) return no_such("Execution", id.value);
    CHECK(require_on(caller, Right::read, *found));
    return *std::move(found);
}

void ExecutionRoutes::declare(Router& router) {
    const std::string base = "/api/v1/executions";
    router.get(base, &ExecutionRoutes::list, *this, context_)
        .summary("List executions, newest first")
        .description(fmt::format("`result_contains` looks at the newest {} executions (by id) alone: results have no "
                                 "index.",
                                 kResultWindow))
        .needs(Resource::executions, Right::read);
    router.get(base + "/stats", &ExecutionRoutes::stats, *this, context_)
        .summary("Count executions by state")
        .needs(Resource::executions, Right::read);
    router.get(base + "/status/{status}", &ExecutionRoutes::with_status, *this, context_)
        .summary("List executions in one state")
        .needs(Resource::executions, Right::read);
    router.get(base + "/{id}", &ExecutionRoutes::get, *this, context_).summary("Read an execution").authenticated();
    router.post(base + "/{id}/cancel", &ExecutionRoutes::cancel, *this, context_)
        .summary("Cancel an execution")
        .description("One that has not started ends at once; a running one is told to stop.")
        .audited("execution.cancelled", "execution")
        .authenticated();
    router.get(base + "/{id}/history", &ExecutionRoutes::history, *this, context_)
        .summary("List the changes of an execution, newest first")
        .authenticated();
    router.get(base + "/{id}/artifacts", &ExecutionRoutes::artifacts, *this, context_)
        .summary("List the artifacts of an execution")
        .authenticated();
    router.get(base + "/{id}/inquiries", &ExecutionRoutes::inquiries, *this, context_)
        .summary("List the inquiries of an execution")
        .authenticated();
}

Result<Page<ExecutionSummary>> ExecutionRoutes::list(Session& session, const api::Query<ExecutionQuery>& query) {
    TRY(const auto window, shallow(query->window()));
    return list_executions(session, filter_of(*query), window, query->include_total);
}

Result<Page<ExecutionSummary>> ExecutionRoutes::with_status(Session& session, const Path<ExecutionStatus>& status,
                                                            const api::Query<PerPage20>& query) {
    TRY(const auto window, shallow(query->window()));
    ListFilter filter;
    add_status(filter, *status);
    return list_executions(session, filter, window, query->include_total);
}

Result<Data<ExecutionStats>> ExecutionRoutes::stats(Session& session) {
    TRY(const auto counts, flow::count_executions(session));
    ExecutionStats out;
    for (const auto& one : counts) out.count(one.status, one.stored);
    return Data{out};
}

Result<Data<ExecutionResponse>> ExecutionRoutes::get(Session& session, const Path<ExecutionId>& id,
                                                     const api::Query<SecretQuery>& query, const Caller& caller) {
    TRY(auto execution, readable_execution(session, *id, caller));
    CHECK(may_see(caller, *query));
    TRY(const auto shown, query->include_secret_values ? with_secrets(session, std::move(execution))
                                                       : without_secrets(session, std::move(execution)));
    return Data{response_of(shown)};
}

Result<flow::Changed<Data<ExecutionResponse>>> ExecutionRoutes::cancel(Session& session, const Path<ExecutionId>& id,
                                                                       const Caller& caller, Timestamp now) {
    TRY(const auto before, session.find<Execution>(kGet, *id));
    if (!before) return no_such("Execution", id->value);
    CHECK(require_on(caller, Right::cancel, *before));
    TRY(auto out, flow::cancel_execution(session, *id, now));
    out.effects.touch(flow::touched(&*before, &out.execution));
    TRY(const auto shown, without_secrets(session, std::move(out.execution)));
    return flow::Changed{Data{response_of(shown)}, std::move(out.effects)};
}

Result<Page<ExecutionChange>> ExecutionRoutes::history(Session& session, const Path<ExecutionId>& id,
                                                       const api::Query<PageQuery>& query, const Caller& caller) {
    TRY(const auto window, query->window());
    TRY(const auto execution, readable_execution(session, *id, caller));
    return window.page_within(changes_of(execution));
}

Result<Data<json::array>> ExecutionRoutes::artifacts(Session& session, const Path<ExecutionId>& id,
                                                     const Caller& caller) {
    CHECK(readable_execution(session, *id, caller));
    return Data{json::array{}};
}

Result<Page<json::object>> ExecutionRoutes::inquiries(Session& session, const Path<ExecutionId>& id,
                                                      const Caller& caller) {
    CHECK(readable_execution(session, *id, caller));
    return PageWindow{}.page_of(std::vector<json::object>{}, 0);
}

} // namespace attune::api
