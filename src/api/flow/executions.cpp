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

task<Result<Page<ExecutionSummary>>> list_executions(Database& db, ListFilter filter, PageWindow window,
                                                     bool include_total) {
    CO_TRY(auto page,
           co_await list_newest<ExecutionListRow>(db, kExecutionList, std::move(filter), window, include_total));
    co_return mapped(std::move(page), &summary_of);
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

task<Result<Execution>> readable_execution(Database& db, ExecutionId id, const Caller& caller) {
    CO_TRY(auto found, co_await db.read([&](Session& session) { return session.find<Execution>(kGet, id); }));
    if (!found) co_return no_such("Execution", id.value);
    CO_CHECK(require_on(caller, Right::read, *found));
    co_return *std::move(found);
}

void ExecutionRoutes::declare(Router& router) {
    const std::string base = "/api/v1/executions";
    router.get(base, &ExecutionRoutes::list, *this)
        .summary("List executions, newest first")
        .description(fmt::format("`result_contains` looks at the newest {} executions (by id) alone: results have no "
                                 "index.",
                                 kResultWindow))
        .needs(Resource::executions, Right::read);
    router.get(base + "/stats", &ExecutionRoutes::stats, *this)
        .summary("Count executions by state")
        .needs(Resource::executions, Right::read);
    router.get(base + "/status/{status}", &ExecutionRoutes::with_status, *this)
        .summary("List executions in one state")
        .needs(Resource::executions, Right::read);
    router.get(base + "/{id}", &ExecutionRoutes::get, *this).summary("Read an execution").authenticated();
    router.post(base + "/{id}/cancel", &ExecutionRoutes::cancel, *this)
        .summary("Cancel an execution")
        .description("One that has not started ends at once; a running one is told to stop.")
        .audited("execution.cancelled", "execution")
        .authenticated();
    router.get(base + "/{id}/history", &ExecutionRoutes::history, *this)
        .summary("List the changes of an execution, newest first")
        .authenticated();
    router.get(base + "/{id}/artifacts", &ExecutionRoutes::artifacts, *this)
        .summary("List the artifacts of an execution")
        .authenticated();
    router.get(base + "/{id}/inquiries", &ExecutionRoutes::inquiries, *this)
        .summary("List the inquiries of an execution")
        .authenticated();
}

task<Result<Page<ExecutionSummary>>> ExecutionRoutes::list(api::Query<ExecutionQuery> query) {
    CO_TRY(const auto window, shallow(query->window()));
    co_return co_await list_executions(context_.db, filter_of(*query), window, query->include_total);
}

task<Result<Page<ExecutionSummary>>> ExecutionRoutes::with_status(Path<ExecutionStatus> status,
                                                                  api::Query<PerPage20> query) {
    CO_TRY(const auto window, shallow(query->window()));
    ListFilter filter;
    add_status(filter, *status);
    co_return co_await list_executions(context_.db, std::move(filter), window, query->include_total);
}

task<Result<Data<ExecutionStats>>> ExecutionRoutes::stats() {
    CO_TRY(const auto counts,
           co_await context_.db.read([](Session& session) { return flow::count_executions(session); }));
    ExecutionStats out;
    for (const auto& one : counts) out.count(one.status, one.stored);
    co_return Data{out};
}

task<Result<Data<ExecutionResponse>>> ExecutionRoutes::get(Path<ExecutionId> id, api::Query<SecretQuery> query,
                                                           const Caller& caller) {
    CO_TRY(auto execution, co_await readable_execution(context_.db, *id, caller));
    CO_CHECK(may_see(caller, *query));
    CO_TRY(execution, co_await context_.db.read([&](Session& session) {
        return query->include_secret_values ? with_secrets(session, execution) : without_secrets(session, execution);
    }));
    co_return Data{response_of(execution)};
}

task<Result<Data<ExecutionResponse>>> ExecutionRoutes::cancel(Path<ExecutionId> id, const Caller& caller) {
    const auto now = context_.clock.now();
    CO_TRY(auto outcome, co_await commit(context_, caller, [&](Session& session) -> Result<flow::CancelOutcome> {
               TRY(const auto before, session.find<Execution>(kGet, *id));
               if (!before) return no_such("Execution", id->value);
               CHECK(require_on(caller, Right::cancel, *before));
               TRY(auto out, flow::cancel_execution(session, *id, now));
               out.effects.touch(flow::touched(&*before, &out.execution));
               return out;
           }));
    CO_TRY(outcome.execution,
           co_await context_.db.read([&](Session& session) { return without_secrets(session, outcome.execution); }));
    co_return Data{response_of(outcome.execution)};
}

task<Result<Page<ExecutionChange>>> ExecutionRoutes::history(Path<ExecutionId> id, api::Query<PageQuery> query,
                                                             const Caller& caller) {
    CO_TRY(const auto window, query->window());
    CO_TRY(const auto execution, co_await readable_execution(context_.db, *id, caller));
    auto all = changes_of(execution);
    const auto total = static_cast<std::int64_t>(all.size());
    const auto first = std::min(window.offset(), total);
    std::vector<ExecutionChange> rows(all.begin() + first, all.begin() + std::min(first + window.limit + 1, total));
    co_return window.page_of(std::move(rows), total);
}

task<Result<Data<json::array>>> ExecutionRoutes::artifacts(Path<ExecutionId> id, const Caller& caller) {
    CO_CHECK(co_await readable_execution(context_.db, *id, caller));
    co_return Data{json::array{}};
}

task<Result<Page<json::object>>> ExecutionRoutes::inquiries(Path<ExecutionId> id, const Caller& caller) {
    CO_CHECK(co_await readable_execution(context_.db, *id, caller));
    co_return PageWindow{}.page_of(std::vector<json::object>{}, 0);
}

} // namespace attune::api
