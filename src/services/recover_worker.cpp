#include "services/recover_worker.hpp"

#include "base/log.hpp"
#include "domain/execution.hpp"
#include "domain/worker.hpp"
#include "flow/alerts.hpp"
#include "logic/execution/birth.hpp"

namespace attune::services {

task<Result<flow::Recovered>> recover_worker(Ports ports, Worker worker, std::int64_t before_epoch) {
    CO_TRY(const auto held, co_await ports.db.read([&](Session& session) {
        return flow::held_by_lost(session, worker.id, before_epoch);
    }));
    const bool with_its_own = before_epoch > worker.epoch;
    if (held.empty() && !with_its_own) co_return flow::Recovered{};
    CO_TRY(const auto ids, co_await ports.ids.take<ExecutionId>(held.size()));
    CO_TRY(const auto alerts, co_await ports.ids.take<EventId>(held.size() + 1)); // the last is the worker's
    const auto now = ports.clock.now();
    std::vector<std::optional<Execution>> retries;
    for (std::size_t i = 0; i < held.size(); ++i) {
        retries.push_back(logic::execution::retry_of(held[i], "abandoned", ids[i], now, ports.random.uniform()));
    }
    CO_TRY(auto recovered, co_await commit(ports, [&](Session& session) -> Result<flow::Recovered> {
               flow::Effects told;
               if (with_its_own) {
                   TRY(const auto silence, flow::retire_silent(session, worker, now));
                   if (silence == flow::Silence::none) return flow::Recovered{};
                   if (silence == flow::Silence::news) {
                       TRY(told, flow::record_alerts(session, {flow::worker_alert(alerts.back(), worker, now)}));
                   }
               }
               TRY(auto out, flow::recover_executions(session, held, retries, alerts, worker, now));
               out.effects += std::move(told);
               return out;
           }));
    const auto settled = recovered.rescheduled.size() + recovered.abandoned.size() + recovered.cancelled.size();
    if (settled == 0) co_return recovered;
    log::warn("worker {} was lost: {} executions go back to the queue, {} are abandoned, {} cancelled", worker.name,
              recovered.rescheduled.size(), recovered.abandoned.size(), recovered.cancelled.size());
    co_return recovered;
}

} // namespace attune::services
