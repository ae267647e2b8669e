#include "api/definitions/actions.hpp"

#include "api/auth/standings.hpp"
#include "api/definitions/below.hpp"
#include "domain/execution.hpp"
#include "domain/pack.hpp"
#include "flow/tally.hpp"
#include "logic/definitions/definitions.hpp"
#include "logic/entities/entities.hpp"

namespace attune::api {

ATTUNE_FIELDS_AFTER(PageQuery, ActionQuery, executable_with_current_access);
ATTUNE_FIELDS(ActionSearch, q, packs);
ATTUNE_FIELDS(ActionHit, ref, pack_ref, label, description, runtime_ref, is_workflow, accesses_mcp);
ATTUNE_FIELDS(QueueStats, action_id, action_ref, queue_length, active_count, max_concurrent, oldest_enqueued_at,
              total_enqueued, total_completed, last_updated);

namespace {

namespace definitions = logic::definitions;
using logic::entities::Given;

constexpr std::int64_t kMostHits = 100;
constexpr std::string_view kSets = "default_execution_permission_set_refs";

const QueryOf<Runtime> kRuntimeById{"runtime.by_id", "select {columns} from {table} where id = $1"};

Result<Runtime> named_runtime(Session& session, const Action& action, const Given& given) {
    if (given.has("runtime_ref")) return flow::get_runtime(session, *action.runtime_ref);
    TRY(auto found, session.find<Runtime>(kRuntimeById, *action.runtime));
    if (!found) return Error{Errc::not_found, fmt::format("Runtime {} not found", action.runtime->value), "runtime"};
    return *std::move(found);
}

/// The runtime named by id or by ref; neither leaves it as it is.
Result<void> link_runtime(Session& session, Action& action, const Given& given) {
    if (!given.has_any({"runtime", "runtime_ref"})) return {};
    TRY(const auto runtime, named_runtime(session, action, given));
    if (given.has("runtime") && *action.runtime != runtime.id)
        return invalid("runtime", fmt::format("is not the id of '{}'", runtime.ref));
    action.runtime = runtime.id;
    action.runtime_ref = runtime.ref;
    return {};
}

Result<void> check_default_sets(Session& session, const Action& action, const Caller& caller) {
    return check_delegation(session, caller, action.default_execution_permission_set_refs, kSets);
}

/// Whoever makes an action run something else, or with other rights, must hold the rights it runs with.
bool hands_on_rights(const Given& given) {
    return given.has_any({"entrypoint", "runtime", "runtime_ref", kSets});
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

ActionRoutes::ActionRoutes(Context& ctx)
    : Component(ctx, {.entity = logic::entities::action(),
                      .resource = Resource::actions,
                      .below = {below_packs("List the actions of a pack")}}) {}

void ActionRoutes::declare(Router& r) {
    EntityRoutes::declare(r);
    r.get("/api/v1/actions/search", &ActionRoutes::search, *this)
        .summary("Find actions by a text in their ref, label or description; at most 100")
        .needs_some(Resource::actions, Right::read);
    r.get("/api/v1/actions/{ref}/queue-stats", &ActionRoutes::queue_stats, *this)
        .summary("How many executions of an action wait and run")
        .needs_some(Resource::actions, Right::read);
}

Result<Action> ActionRoutes::find(Session& session, const std::string& ref) {
    return flow::get_action(session, ref);
}

Result<void> ActionRoutes::check(const Action& row) const {
    return definitions::check_action(row);
}

Result<Action> ActionRoutes::add(Session& session, Action wanted, const Change& change) {
    CHECK(link_runtime(session, wanted, change.given));
    CHECK(check_default_sets(session, wanted, change.caller));
    return flow::create_action(session, std::move(wanted), change.now);
}

Result<Action> ActionRoutes::change(Session& session, const Action&, Action after, const Change& change) {
    CHECK(definitions::check_action(after));
    CHECK(link_runtime(session, after, change.given));
    if (hands_on_rights(change.given)) CHECK(check_default_sets(session, after, change.caller));
    return flow::update_action(session, std::move(after), change.now);
}

Result<void> ActionRoutes::remove(Session& session, const Action& row, Timestamp now) {
    return flow::delete_action(session, row, now);
}

void ActionRoutes::narrow(ListFilter& filter, const void* query, const Caller& caller) const {
    if (static_cast<const ActionQuery*>(query)->executable_with_current_access)
        keep_allowed(filter, caller, Resource::actions, Right::execute);
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

task<Result<Data<QueueStats>>> ActionRoutes::queue_stats(Path<std::string> ref, const Caller& caller) {
    const auto now = ctx_.clock.now();
    CO_TRY(auto stats, co_await ctx_.db.read([&](Session& session) -> Result<QueueStats> {
        TRY(const auto action, flow::get_action(session, *ref));
        if (!caller.may(Resource::actions, Right::read, target_of(action))) return absent("Action", *ref);
        return read_stats(session, action, now);
    }));
    co_return Data{std::move(stats)};
}

} // namespace attune::api
