#include "services/execution_scheduler/execution_scheduler.hpp"

#include "domain/worker.hpp"
#include "flow/overlap.hpp"
#include "flow/workers.hpp"
#include "services/outage.hpp"
#include "services/recover_worker.hpp"

#include <algorithm>

namespace attune::services {

task<void> ExecutionScheduler::run() {
    Signal wake(co_await asio::this_coro::executor);
    const auto doorbell = ports_.bus.subscribe(Topic::requested, wake);
    Outage outage("execution scheduler");
    for (;;) {
        const auto pass = co_await run_once();
        outage.note(pass);
        if (pass && pass->moved > 0) continue;
        doorbell->take();
        auto until = ports_.clock.now() + kRetryPause;
        if (pass) {
            until = next_tick(ports_, std::min(sweep_interval(ports_.bus), options_.lease / 3));
            until = std::min(until, pass->next_due.value_or(until));
        }
        co_await ports_.clock.wait_until(until, &wake);
    }
}

task<Result<ExecutionScheduler::Pass>> ExecutionScheduler::run_once() {
    const auto now = ports_.clock.now();
    const auto batch = options_.batch;
    // One read for all of it: most of the time nothing is found.
    CO_TRY(const auto seen, co_await ports_.db.read([now, batch](Session& session) -> Result<Seen> {
        Seen out;
        TRY(out.due, flow::due_executions(session, now, batch));
        TRY(out.next_due, flow::next_due(session, now));
        TRY(out.releasable, flow::has_releasable(session));
        TRY(out.workers, flow::list_workers(session));
        TRY(out.inactive_holders, flow::inactive_holders(session));
        return out;
    }));
    Pass out;
    out.next_due = seen.next_due;
    if (!seen.due.empty()) {
        CO_CHECK(co_await schedule(seen.due));
        out.moved += seen.due.size();
    }
    if (seen.releasable) {
        CO_TRY(const auto released, co_await release_waiting());
        out.moved += released;
    }
    CO_CHECK(co_await watch_workers(seen));
    co_return out;
}

task<Result<void>> ExecutionScheduler::schedule(const std::vector<ExecutionId>& due) {
    const auto now = ports_.clock.now();
    CO_CHECK(co_await commit(ports_, [&](Session& session) { return flow::schedule_executions(session, due, now); }));
    co_return Result<void>{};
}

/// Runs that wait for the last one of their rule.
task<Result<std::size_t>> ExecutionScheduler::release_waiting() {
    const auto now = ports_.clock.now();
    const auto batch = options_.batch;
    CO_TRY(const auto released,
           co_await commit(ports_, [&](Session& session) { return flow::release_waiting(session, batch, now); }));
    co_return released.value.size();
}

/// Whether the worker has been seen unrenewed for all of its lease.
bool ExecutionScheduler::is_silent(const Worker& worker, Duration seen) {
    auto& known = observed_.try_emplace(worker.id, Observed{worker.last_heartbeat, seen}).first->second;
    if (known.heartbeat != worker.last_heartbeat) known = {worker.last_heartbeat, seen};
    return seen - known.since >= options_.lease;
}

task<Result<void>> ExecutionScheduler::watch_workers(const Seen& found) {
    const auto seen = ports_.clock.monotonic();
    // A gap in our own readings proves nothing about the workers: everybody gets a full lease again.
    const bool gap = last_look_ >= Duration{0} && seen - last_look_ > options_.lease;
    last_look_ = seen;
    if (gap) {
        observed_.clear();
        stranded_.start_again();
    }
    std::vector<Worker> live;
    for (const auto& worker : found.workers) {
        const bool silent = is_silent(worker, seen);
        // One that is inactive already was settled when it became that; it holds something when a claim of its was on
        // the way then.
        const bool lost = worker.status == WorkerStatus::inactive
                              ? std::ranges::find(found.inactive_holders, worker.id) != found.inactive_holders.end()
                              : silent;
        if (lost) CO_CHECK(co_await recover_worker(ports_, worker, worker.epoch + 1));
        if (lost && silent && worker.status != WorkerStatus::inactive) lost_.add();
        if (!silent && worker.status != WorkerStatus::inactive) live.push_back(worker);
    }
    co_return co_await stranded_.run_once(std::move(live));
}

} // namespace attune::services
