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
    task<Result<Page<WorkerSummary>>> list(Query<WorkerQuery> query);
    task<Result<Data<WorkerSummary>>> get(Path<std::string> key);
    task<Result<Data<WorkerSummary>>> cordon(Path<std::string> key, Body<std::optional<CordonWorker>> body,
                                             const Caller& caller);
    task<Result<Data<WorkerSummary>>> uncordon(Path<std::string> key, const Caller& caller);

    Context& ctx_;
};

} // namespace attune::api
