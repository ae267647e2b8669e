#include "api/workers/workers.hpp"

#include "base/text.hpp"
#include "domain/worker.hpp"
#include "flow/workers.hpp"
#include "logic/definitions/fields.hpp"

namespace attune::api {

ATTUNE_FIELDS_AFTER(PageQuery, WorkerQuery, role, status, cordoned, health_state);
ATTUNE_FIELDS(CordonWorker, reason);

namespace {

namespace definitions = logic::definitions;

constexpr std::size_t kMostReason = 1000;

Result<Worker> worker_for(Session& session, const std::string& key) {
    if (const auto id = parse_integer(key)) return flow::get_worker(session, WorkerId{*id});
    TRY(auto named, flow::find_worker(session, key));
    if (!named) return Error{Errc::not_found, fmt::format("Worker '{}' not found", key)};
    return *std::move(named);
}

bool fits(const WorkerQuery& query, const WorkerSummary& worker) {
    return (!query.role || worker.worker_role == *query.role) && (!query.status || worker.status == *query.status) &&
           (!query.cordoned || worker.cordoned == *query.cordoned) &&
           (!query.health_state || worker.health_state == *query.health_state);
}

Result<WorkerSummary> whole(Session& session, const Worker& worker, Timestamp now) {
    TRY(auto held, flow::held_by_workers(session));
    auto out = summary_of(worker, held[worker.id], now);
    out.capabilities.emplace(worker.capabilities);
    return out;
}

} // namespace

void WorkerRoutes::declare(Router& r) {
    r.get("/api/v1/workers", &WorkerRoutes::list, *this, ctx_)
        .summary("List workers, with their load")
        .needs(Resource::workers, Right::read);
    r.get("/api/v1/workers/{id}", &WorkerRoutes::get, *this, ctx_)
        .summary("Read a worker, with its capabilities")
        .needs(Resource::workers, Right::read);
    r.post("/api/v1/workers/{id}/cordon", &WorkerRoutes::cordon, *this, ctx_)
        .summary("Keep new work off a worker; what runs there goes on")
        .audited("worker.cordoned", "worker")
        .needs(Resource::workers, Right::manage);
    r.post("/api/v1/workers/{id}/uncordon", &WorkerRoutes::uncordon, *this, ctx_)
        .summary("Let a worker take work again")
        .audited("worker.uncordoned", "worker")
        .needs(Resource::workers, Right::manage);
}

Result<Page<WorkerSummary>> WorkerRoutes::list(Session& session, const Query<WorkerQuery>& query, Timestamp now) {
    TRY(const auto window, query->window());
    TRY(const auto workers, flow::list_workers(session));
    TRY(auto held, flow::held_by_workers(session));
    std::vector<WorkerSummary> rows;
    std::int64_t total = 0;
    for (const auto& worker : workers) {
        auto one = summary_of(worker, held[worker.id], now);
        if (!fits(*query, one)) continue;
        const auto index = total++;
        if (index >= window.offset() && index <= window.offset() + window.limit) rows.push_back(std::move(one));
    }
    return window.page_of(std::move(rows), total);
}

Result<Data<WorkerSummary>> WorkerRoutes::get(Session& session, const Path<std::string>& key, Timestamp now) {
    TRY(const auto worker, worker_for(session, *key));
    TRY(auto shown, whole(session, worker, now));
    return Data{std::move(shown)};
}

Result<WorkerRoutes::Changed> WorkerRoutes::cordon(Session& session, const Path<std::string>& key,
                                                   const Body<std::optional<CordonWorker>>& body, const Caller& caller,
                                                   Timestamp now) {
    const auto reason = *body ? (*body)->reason : std::nullopt;
    CHECK(definitions::check_text("reason", reason.value_or(""), 0, kMostReason));
    TRY(const auto worker, worker_for(session, *key));
    TRY(auto cordoned, flow::cordon_worker(session, worker.id, reason, caller.acting(), now));
    TRY(auto shown, whole(session, cordoned.value, now));
    return Changed{{std::move(shown), "Worker cordoned"}, std::move(cordoned.effects)};
}

Result<WorkerRoutes::Changed> WorkerRoutes::uncordon(Session& session, const Path<std::string>& key, Timestamp now) {
    TRY(const auto worker, worker_for(session, *key));
    TRY(auto free, flow::uncordon_worker(session, worker.id, now));
    TRY(auto shown, whole(session, free.value, now));
    return Changed{{std::move(shown), "Worker uncordoned"}, std::move(free.effects)};
}

} // namespace attune::api
