#include "services/worker/placement_choice.hpp"

#include "domain/execution.hpp"
#include "domain/worker.hpp"
#include "flow/definitions.hpp"
#include "flow/executions.hpp"
#include "flow/workers.hpp"

#include <algorithm>

namespace attune::services {
namespace {

namespace place = logic::placement;

bool offers(const place::WorkerTraits& worker, const place::Requirement& requirement) {
    place::Requirement runtimes;
    runtimes.runtime = requirement.runtime;
    runtimes.version = requirement.version;
    runtimes.runtimes = requirement.runtimes;
    return !place::unmet(runtimes, {worker.runtimes, {}, {}});
}

} // namespace

void PlacementChoice::offer(place::WorkerTraits traits) {
    traits_ = std::move(traits);
    seen_ = 0;
}

task<Result<bool>> PlacementChoice::refresh() {
    struct Read {
        bool some_waits = false;
        std::vector<Placement> placements;
        std::vector<Worker> workers;
    };
    const auto seen = seen_;
    const bool cares = cares_for_others();
    CO_TRY(const auto read, co_await db_.read([&](Session& session) -> Result<Read> {
        Read out;
        TRY(out.some_waits, flow::has_claimable(session));
        TRY(const auto count, flow::count_placements(session));
        if (count != seen) {
            TRY(out.placements, flow::all_placements(session));
        }
        if (cares || count != seen) {
            TRY(out.workers, flow::list_workers(session));
        }
        return out;
    }));
    if (!read.placements.empty()) judge(read.placements);
    if (!read.placements.empty() || cares) divide(read.workers);
    co_return read.some_waits;
}

void PlacementChoice::judge(const std::vector<Placement>& all) {
    seen_ = static_cast<std::int64_t>(all.size());
    satisfied_.clear();
    without_process_.clear();
    lacking_a_runtime_ = 0;
    for (const auto& placement : all) {
        // One that cannot be read is for nobody: the execution scheduler says so.
        auto requirement = place::Requirement::parse(placement.requirement);
        if (!requirement) continue;
        if (!offers(traits_, *requirement)) ++lacking_a_runtime_;
        if (place::unmet(*requirement, traits_)) continue;
        if (requirement->process) {
            satisfied_.push_back({placement.id, *std::move(requirement)});
        } else {
            without_process_.push_back(placement.id);
        }
    }
}

/// Whether which other workers there are makes any difference.
bool PlacementChoice::cares_for_others() const {
    const bool has_soft_taint = std::ranges::any_of(
        traits_.taints, [](const auto& taint) { return taint.effect == place::TaintEffect::prefer_no_schedule; });
    return has_soft_taint || std::ranges::any_of(satisfied_, [](const Satisfied& one) {
               return !one.requirement.affinity.preferred.empty();
           });
}

void PlacementChoice::divide(const std::vector<Worker>& workers) {
    std::vector<place::WorkerTraits> others;
    for (const auto& worker : workers) {
        const bool takes_work = worker.status != WorkerStatus::inactive && !worker.cordoned;
        if (takes_work && worker.name != worker_name_) others.push_back(place::traits_of(worker.capabilities));
    }
    at_once_.clear();
    left_over_.clear();
    for (const auto& one : satisfied_) {
        const auto own = place::preference(one.requirement, traits_);
        const bool other_suits_better = std::ranges::any_of(others, [&](const place::WorkerTraits& other) {
            return !place::unmet(one.requirement, other) && place::preference(one.requirement, other) > own;
        });
        (other_suits_better ? left_over_ : at_once_).push_back(one.id);
    }
}

} // namespace attune::services
