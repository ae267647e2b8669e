#pragma once
#include "api/context.hpp"
#include "api/router.hpp"
#include "api/workers/worker_views.hpp"
#include "domain/worker.hpp"

namespace attune::api {

struct WorkerQuery : PageQuery {
    std::optional<std::string> role;
    std::optional<WorkerStatus> status;
    std::optional<bool> cordoned;
    std::optional<WorkerHealth> health_state;
};
ATTUNE_STRUCT(WorkerQuery);

struct CordonWorker {
    std::optional<std::string> reason;
};
ATTUNE_STRUCT(CordonWorker);

/// /api/v1/workers: who runs actions, what each holds, and keeping new work off one. A worker is named by its id, or by
/// its name.
class WorkerRoutes {
public:
    explicit WorkerRoutes(Context& ctx) : ctx_(ctx) {}
    void declare(Router& r);

private:
    using Changed = flow::Changed<Data<WorkerSummary>>;

    Result<Page<WorkerSummary>> list(Session& session, const Query<WorkerQuery>& query, Timestamp now);
    Result<Data<WorkerSummary>> get(Session& session, const Path<std::string>& key, Timestamp now);
    Result<Changed> cordon(Session& session, const Path<std::string>& key,
                           const Body<std::optional<CordonWorker>>& body, const Caller& caller, Timestamp now);
    Result<Changed> uncordon(Session& session, const Path<std::string>& key, Timestamp now);

    Context& ctx_;
};

} // namespace attune::api
