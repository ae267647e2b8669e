#include "services/worker/enrolment.hpp"

#include "domain/execution.hpp"
#include "flow/workers.hpp"
#include "services/outage.hpp"
#include "services/recover_worker.hpp"

namespace attune::services {

task<Result<void>> Enrolment::enlist() {
    Worker row;
    row.name = options_.name;
    row.host = options_.host;
    row.node = options_.node;
    row.capabilities = capabilities();
    row.last_heartbeat = ports_.clock.now();
    CO_TRY(row_, co_await ports_.db.write([&](Session& session) { return flow::register_worker(session, row); }));
    CO_CHECK(co_await end_leftovers());
    CO_CHECK(co_await recover_worker(ports_, row_, row_.epoch));
    renewed_ = ports_.clock.monotonic();
    enlisted_ = true;
    co_return Result<void>{};
}

/// Ends the processes of what older epochs had started. Before that is settled: a crash in between finds it again.
task<Result<void>> Enrolment::end_leftovers() {
    if (!options_.end_leftovers) co_return Result<void>{};
    CO_TRY(const auto held,
           co_await ports_.db.read([&](Session& session) { return flow::held_by_lost(session, row_.id, row_.epoch); }));
    std::vector<ExecutionId> started;
    for (const auto& execution : held) {
        if (execution.status != ExecutionStatus::scheduled) started.push_back(execution.id);
    }
    options_.end_leftovers(started);
    co_return Result<void>{};
}

json::object Enrolment::capabilities() const {
    auto out = options_.more_capabilities;
    for (auto& [name, value] : logic::placement::capabilities_of(offered_)) out[name] = value;
    out["max_concurrent_executions"] = options_.slots;
    out["worker_version"] = json::string(options_.version);
    return out;
}

task<Result<bool>> Enrolment::offer(logic::placement::WorkerTraits traits) {
    offered_ = std::move(traits);
    auto wanted = capabilities();
    if (wanted == row_.capabilities) co_return false;
    const auto now = ports_.clock.now();
    CO_CHECK(co_await ports_.db.write(
        [&](Session& session) { return flow::update_capabilities(session, claimant(), wanted, now); }));
    row_.capabilities = std::move(wanted);
    co_return true;
}

task<void> Enrolment::renew(LeaseHolder& holder) {
    Outage outage(fmt::format("lease of worker {}", options_.name));
    for (;;) {
        // Ends early when the system's clock is stepped: renewing too soon harms nobody.
        co_await ports_.clock.wait_until(next_tick(ports_, options_.lease / 3), nullptr);
        const auto now = ports_.clock.now();
        const auto before = holder.running_now(); // what is claimed meanwhile is held
        const auto renewed = co_await ports_.db.write(
            [&](Session& session) { return flow::renew_lease(session, claimant(), now); }, {.lane = Lane::urgent});
        outage.note(renewed);
        if (!renewed) {
            if (renewed.error().code != Errc::conflict) continue;
            replaced_ = true;
            holder.on_replaced();
            if (options_.on_replaced) options_.on_replaced();
            co_return;
        }
        renewed_ = ports_.clock.monotonic();
        if (renewed->lapsed) holder.on_lapsed(before, renewed->held);
        for (const auto id : renewed->cancelling) holder.cancel(id);
    }
}

task<Result<void>> Enrolment::retire() {
    const auto now = ports_.clock.now();
    co_return co_await ports_.db.write([&](Session& session) { return flow::retire_worker(session, claimant(), now); });
}

std::optional<std::string> Enrolment::trouble() const {
    if (replaced_) return fmt::format("another process has taken over its name, {}", options_.name);
    if (!enlisted_) return "it is not registered yet";
    const auto silent = ports_.clock.monotonic() - renewed_.load();
    if (silent <= options_.lease) return std::nullopt;
    return fmt::format("its lease was last renewed {} ago, and is good for {}",
                       format_duration(std::chrono::floor<std::chrono::seconds>(silent)),
                       format_duration(options_.lease));
}

} // namespace attune::services
