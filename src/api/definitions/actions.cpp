#include "api/definitions/actions.hpp"

#include "api/auth/standings.hpp"
#include "api/common/change.hpp"
#include "api/common/listing.hpp"
#include "domain/action.hpp"
#include "domain/execution.hpp"
#include "domain/pack.hpp"
#include "flow/tally.hpp"
#include "logic/definitions/definitions.hpp"

#include <algorithm>

namespace attune::api {

ATTUNE_FIELDS(CreateAction, ref, pack_ref, label, entrypoint, description, runtime, runtime_ref,
              runtime_version_constraint, required_worker_runtimes, worker_selector, worker_tolerations,
              worker_affinity, param_schema, out_schema, parameter_delivery, parameter_format, output_format,
              timeout_seconds, max_retries, accesses_mcp, default_execution_permission_set_refs, log_retention_policy,
              log_retention_limit, artifact_retention_policy, artifact_retention_limit);
ATTUNE_FIELDS(UpdateAction, label, entrypoint, description, runtime, runtime_ref, runtime_version_constraint,
              required_worker_runtimes, worker_selector, worker_tolerations, worker_affinity, param_schema, out_schema,
              parameter_delivery, parameter_format, output_format, timeout_seconds, max_retries, accesses_mcp,
              default_execution_permission_set_refs, log_retention_policy, log_retention_limit,
              artifact_retention_policy, artifact_retention_limit);
ATTUNE_FIELDS(ActionQuery, page, page_size, executable_with_current_access);
ATTUNE_FIELDS(ActionSearch, q, packs);
ATTUNE_FIELDS(ActionHit, ref, pack_ref, label, description, runtime_ref, is_workflow, accesses_mcp);
ATTUNE_FIELDS(QueueStats, action_id, action_ref, queue_length, active_count, max_concurrent, oldest_enqueued_at,
              total_enqueued, total_completed, last_updated);

namespace {

namespace definitions = logic::definitions;

constexpr std::int64_t kMostHits = 100;

const QueryOf<Runtime> kRuntimeById{"runtime.by_id", "select {columns} from {table} where id = $1"};

Action action_of(const CreateAction& body) {
    auto action = row_of<Action>(body);
    action.is_adhoc = true;
    return action;
}

/// The runtime named by id or by ref; neither leaves it as it is.
Result<void> link_runtime(Session& session, Action& action, std::optional<RuntimeId> id,
                          const std::optional<std::string>& ref) {
    std::optional<Runtime> runtime;
    if (ref) {
        TRY(runtime, flow::get_runtime(session, *ref));
        if (id && *id != runtime->id) return invalid("runtime", fmt::format("is not the id of '{}'", *ref));
    } else if (id) {
        TRY(runtime, session.find<Runtime>(kRuntimeById, *id));
        if (!runtime) return Error{Errc::not_found, fmt::format("Runtime {} not found", id->value), "runtime"};
    }
    if (!runtime) return {};
    action.runtime = runtime->id;
    action.runtime_ref = runtime->ref;
    return {};
}

Result<void> check_default_sets(Session& session, const Action& action, const Caller& caller) {
    return check_delegation(session, caller, action.default_execution_permission_set_refs,
                            "default_execution_permission_set_refs");
}

Result<Action> create_one(Session& session, const CreateAction& body, Action action, const Caller& caller,
                          Timestamp now) {
    TRY(const auto pack, flow::get_pack(session, action.pack_ref));
    action.pack = pack.id;
    CHECK(link_runtime(session, action, body.runtime, body.runtime_ref));
    CHECK(check_default_sets(session, action, caller));
    return flow::create_action(session, std::move(action), now);
}

/// Whoever makes an action run something else, or with other rights, must hold the rights it runs with.
bool hands_on_rights(const UpdateAction& body) {
    return body.entrypoint || body.runtime || body.runtime_ref || body.default_execution_permission_set_refs;
}

Result<flow::Changed<Action>> update_one(Session& session, const std::string& ref, const UpdateAction& body,
                                         const Caller& caller, Timestamp now) {
    TRY(const auto before, flow::get_action(session, ref));
    auto action = before;
    CHECK(caller.require(Resource::actions, Right::update, target_of(action)));
    assign_given(action, body);
    CHECK(definitions::check_action(action));
    CHECK(link_runtime(session, action, body.runtime, body.runtime_ref));
    if (hands_on_rights(body)) CHECK(check_default_sets(session, action, caller));
    return replaced(before, flow::update_action(session, std::move(action), now));
}

task<Result<Page<ActionSummary>>> page_of(Context& ctx, const Caller& caller, ActionQuery query, ListFilter filter,
                                          std::string pack_ref = {}) {
    CO_TRY(const auto window, (PageQuery{query.page, query.page_size}.window()));
    keep_allowed(filter, caller, Resource::actions, Right::read);
    if (query.executable_with_current_access) keep_allowed(filter, caller, Resource::actions, Right::execute);
    CO_TRY(auto page, co_await ctx.db.read([&](Session& session) -> Result<Page<Action>> {
        if (!pack_ref.empty()) CHECK(flow::get_pack(session, pack_ref));
        return list_page<Action>(session, filter, window);
    }));
    co_return shown_as<ActionSummary>(std::move(page));
}

Result<QueueStats> read_stats(Session& session, const Action& action, Timestamp now) {
    QueueStats out;
    out.action_id = action.id;
    out.action_ref = action.ref;
    out.last_updated = now;
    TRY(const auto counts, flow::count_executions_of(session, action.ref));
    for (const auto& [status, stored, ever] : counts) {
        out.total_enqueued += ever;
        if (is_final(status))
            out.total_completed += ever;
        else if (status == ExecutionStatus::running || status == ExecutionStatus::canceling)
            out.active_count += stored;
        else
            out.queue_length += stored;
    }
    TRY(out.oldest_enqueued_at, flow::oldest_waiting(session, action.ref));
    return out;
}

ActionHit hit_of(const Action& action) {
    return {.ref = action.ref,
            .pack_ref = action.pack_ref,
            .label = action.label,
            .description = action.description,
            .runtime_ref = action.runtime_ref,
            .is_workflow = false,
            .accesses_mcp = action.accesses_mcp};
}

} // namespace

void ActionRoutes::declare(Router& r) {
    r.get("/api/v1/actions", &ActionRoutes::list, *this)
        .summary("List actions")
        .needs_some(Resource::actions, Right::read);
    r.get("/api/v1/packs/{ref}/actions", &ActionRoutes::of_pack, *this)
        .summary("List the actions of a pack")
        .needs_some(Resource::actions, Right::read);
    r.get("/api/v1/actions/search", &ActionRoutes::search, *this)
        .summary("Find actions by a text in their ref, label or description; at most 100")
        .needs_some(Resource::actions, Right::read);
    r.get("/api/v1/actions/{ref}", &ActionRoutes::get, *this)
        .summary("Read an action")
        .needs_some(Resource::actions, Right::read);
    r.get("/api/v1/actions/{ref}/queue-stats", &ActionRoutes::queue_stats, *this)
        .summary("How many executions of an action wait and run")
        .needs_some(Resource::actions, Right::read);
    r.post("/api/v1/actions", &ActionRoutes::create, *this)
        .summary("Create an action")
        .status(201)
        .audited("definition.action.changed", "action")
        .needs_some(Resource::actions, Right::create);
    r.put("/api/v1/actions/{ref}", &ActionRoutes::update, *this)
        .summary("Change an action; what is left out stays")
        .audited("definition.action.changed", "action")
        .needs_some(Resource::actions, Right::update);
    r.del("/api/v1/actions/{ref}", &ActionRoutes::remove, *this)
        .summary("Delete an action; rules with it stay and run no more")
        .audited("definition.action.changed", "action")
        .needs_some(Resource::actions, Right::delete_);
}

task<Result<Page<ActionSummary>>> ActionRoutes::list(Query<ActionQuery> query, const Caller& caller) {
    return page_of(ctx_, caller, *query, {});
}

task<Result<Page<ActionSummary>>> ActionRoutes::of_pack(Path<std::string> ref, Query<ActionQuery> query,
                                                        const Caller& caller) {
    return page_of(ctx_, caller, *query, ListFilter{}.add("pack_ref = $?", *ref), *ref);
}

task<Result<Data<std::vector<ActionHit>>>> ActionRoutes::search(Query<ActionSearch> query, const Caller& caller) {
    ListFilter filter;
    if (!query->q.empty()) filter.mentions({"ref", "label", "description"}, query->q);
    if (!query->packs.empty()) filter.add(filter.one_of("pack_ref", query->packs));
    keep_allowed(filter, caller, Resource::actions, Right::read);
    const PageWindow window{.requested = kMostHits, .limit = kMostHits};
    CO_TRY(const auto page,
           co_await ctx_.db.read([&](Session& session) { return list_page<Action>(session, filter, window); }));
    Data<std::vector<ActionHit>> out;
    for (const auto& action : page.items) out.data.push_back(hit_of(action));
    co_return out;
}

task<Result<Data<ActionView>>> ActionRoutes::get(Path<std::string> ref, const Caller& caller) {
    CO_TRY(auto action, co_await ctx_.db.read([&](Session& session) { return flow::get_action(session, *ref); }));
    if (!caller.may(Resource::actions, Right::read, target_of(action))) co_return absent("Action", *ref);
    co_return Data{ActionView::of(action)};
}

task<Result<Data<QueueStats>>> ActionRoutes::queue_stats(Path<std::string> ref, const Caller& caller) {
    const auto now = ctx_.clock.now();
    CO_TRY(auto stats, co_await ctx_.db.read([&](Session& session) -> Result<QueueStats> {
        TRY(const auto action, flow::get_action(session, *ref));
        if (!caller.may(Resource::actions, Right::read, target_of(action))) return absent("Action", *ref);
        return read_stats(session, action, now);
    }));
    co_return Data{std::move(stats)};
}

task<Result<Data<ActionView>>> ActionRoutes::create(Body<CreateAction> body, const Caller& caller) {
    const auto action = action_of(*body);
    CO_CHECK(definitions::check_component_ref(action.ref, action.pack_ref));
    CO_CHECK(caller.require(Resource::actions, Right::create, {.pack_ref = action.pack_ref, .ref = action.ref}));
    CO_CHECK(definitions::check_action(action));
    const auto now = ctx_.clock.now();
    CO_TRY(auto made, co_await commit(ctx_, caller, [&](Session& session) {
               return created(create_one(session, *body, action, caller, now));
           }));
    co_return Data{ActionView::of(made.value), "Action created"};
}

task<Result<Data<ActionView>>> ActionRoutes::update(Path<std::string> ref, Body<UpdateAction> body,
                                                    const Caller& caller) {
    const auto now = ctx_.clock.now();
    CO_TRY(auto written, co_await commit(ctx_, caller, [&](Session& session) {
               return update_one(session, *ref, *body, caller, now);
           }));
    co_return Data{ActionView::of(written.value)};
}

task<Result<Deleted>> ActionRoutes::remove(Path<std::string> ref, const Caller& caller) {
    const auto now = ctx_.clock.now();
    CO_CHECK(co_await commit(ctx_, caller, [&](Session& session) -> Result<flow::Changed<Action>> {
        TRY(const auto action, flow::get_action(session, *ref));
        CHECK(caller.require(Resource::actions, Right::delete_, target_of(action)));
        return deleted(action, flow::delete_action(session, action, now));
    }));
    co_return Deleted{fmt::format("Action '{}' deleted", *ref)};
}

} // namespace attune::api
