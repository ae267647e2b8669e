#include "services/execution_scheduler/stranded_work.hpp"

#include "base/log.hpp"
#include "domain/execution.hpp"
#include "domain/worker.hpp"
#include "flow/definitions.hpp"
#include "flow/endings.hpp"

namespace attune::services {
namespace {

namespace place = logic::placement;

constexpr std::int64_t kBatch = 200;
constexpr std::size_t kWorkersNamed = 5;

struct LiveWorker {
    std::string name;
    place::WorkerTraits traits;
};

/// Why none of the workers is able to run it; nothing when one is.
std::optional<std::string> why_none(const Result<place::Requirement>& requirement,
                                    const std::vector<LiveWorker>& workers) {
    if (!requirement) return fmt::format("what it asks of a worker cannot be read: {}", requirement.error().text());
    if (workers.empty()) return "no worker is live";
    std::string out;
    for (std::size_t i = 0; i < workers.size(); ++i) {
        const auto why = place::unmet(*requirement, workers[i].traits);
        if (!why) return std::nullopt;
        if (i < kWorkersNamed) out += fmt::format("{}{} {}", i == 0 ? "" : "; ", workers[i].name, *why);
    }
    if (workers.size() > kWorkersNamed) out += fmt::format("; and {} more", workers.size() - kWorkersNamed);
    return out;
}

} // namespace

task<Result<void>> StrandedWork::run_once(std::vector<Worker> live) {
    const auto seen = ports_.clock.monotonic();
    if (limit_ <= Duration{0} || (looked_at_ >= Duration{0} && seen - looked_at_ < interval_)) co_return Result<void>{};
    CO_CHECK(co_await refresh());
    looked_at_ = seen;
    std::vector<LiveWorker> workers;
    for (const auto& worker : live) workers.push_back({worker.name, place::traits_of(worker.capabilities)});
    for (const auto& placement : placements_) {
        const auto why = why_none(placement.requirement, workers);
        if (!why) {
            unmet_since_.erase(placement.id);
            continue;
        }
        const auto since = unmet_since_.try_emplace(placement.id, seen).first->second;
        if (seen - since < limit_) continue;
        CO_CHECK(co_await end(
            placement.id, fmt::format("No live worker was able to run it for {}: {}", format_duration(limit_), *why)));
    }
    co_return Result<void>{};
}

/// Learns of new placements.
task<Result<void>> StrandedWork::refresh() {
    const auto known = static_cast<std::int64_t>(placements_.size());
    CO_TRY(const auto all, co_await ports_.db.read([known](Session& session) -> Result<std::vector<Placement>> {
        TRY(const auto count, flow::count_placements(session));
        if (count == known) return std::vector<Placement>{};
        return flow::all_placements(session);
    }));
    if (all.empty()) co_return Result<void>{};
    placements_.clear();
    for (const auto& one : all) placements_.push_back({one.id, place::Requirement::parse(one.requirement)});
    co_return Result<void>{};
}

task<Result<void>> StrandedWork::end(PlacementId placement, std::string message) {
    for (bool more = true; more;) {
        const auto now = ports_.clock.now();
        const auto before = now - limit_;
        CO_TRY(const auto stranded, co_await ports_.db.read([&](Session& session) {
            return flow::stranded_executions(session, placement, before, kBatch);
        }));
        if (stranded.empty()) co_return Result<void>{};
        CO_TRY(const auto failed, co_await commit(ports_, [&](Session& session) {
                   return flow::fail_unschedulable(session, stranded, message, now);
               }));
        if (!failed.value.empty()) log::warn("{} executions are unschedulable: {}", failed.value.size(), message);
        more = stranded.size() == static_cast<std::size_t>(kBatch) && !failed.value.empty();
    }
    co_return Result<void>{};
}

} // namespace attune::services
