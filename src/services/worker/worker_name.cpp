#include "services/worker/worker_name.hpp"

#include "domain/worker.hpp"
#include "flow/workers.hpp"

namespace attune::services {

task<Result<bool>> is_worker_elsewhere(Database& db, Clock& clock, std::string name, std::string node, Duration lease) {
    const auto until = clock.monotonic() + lease;
    std::optional<Timestamp> heartbeat;
    for (;;) {
        CO_TRY(const auto row, co_await db.read([&](Session& session) { return flow::find_worker(session, name); }));
        if (!row || row->status == WorkerStatus::inactive || row->node == node) co_return false;
        if (heartbeat && row->last_heartbeat != *heartbeat) co_return true;
        if (clock.monotonic() >= until) co_return false;
        heartbeat = row->last_heartbeat;
        co_await clock.sleep_for(lease / 6);
    }
}

} // namespace attune::services
