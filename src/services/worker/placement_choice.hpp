#pragma once
#include "domain/execution.hpp"
#include "domain/worker.hpp"
#include "logic/placement/worker_traits.hpp"
#include "services/role.hpp"

namespace attune::services {

/// Which placements a worker claims: those that it satisfies, and of them which it leaves for a moment to another live
/// worker that suits them better. Lives on the worker's loop.
class PlacementChoice {
public:
    PlacementChoice(Database& db, std::string worker_name) : db_(db), worker_name_(std::move(worker_name)) {}

    /// What the worker offers from now on; the placements are judged anew at the next refresh().
    void offer(logic::placement::WorkerTraits traits);
    const logic::placement::WorkerTraits& offered() const { return traits_; }

    /// Learns of new placements, and of other workers where that matters. Whether anything waits for a worker, be it
    /// for this one or not.
    task<Result<bool>> refresh();

    /// Of those that need one.
    const std::vector<PlacementId>& at_once() const { return at_once_; }
    const std::vector<PlacementId>& left_over() const { return left_over_; }
    /// Of executions that need no process: whoever comes first ends them.
    const std::vector<PlacementId>& without_process() const { return without_process_; }
    /// How many placements are not satisfied for want of a runtime.
    std::size_t lacking_a_runtime() const { return lacking_a_runtime_; }

private:
    struct Satisfied {
        PlacementId id;
        logic::placement::Requirement requirement;
    };
    void judge(const std::vector<Placement>& all);
    void divide(const std::vector<Worker>& workers);
    bool cares_for_others() const;

    Database& db_;
    std::string worker_name_;
    logic::placement::WorkerTraits traits_;
    std::int64_t seen_ = 0; ///< how many placements there were
    std::vector<Satisfied> satisfied_;
    std::vector<PlacementId> without_process_;
    std::vector<PlacementId> at_once_;
    std::vector<PlacementId> left_over_;
    std::size_t lacking_a_runtime_ = 0;
};

} // namespace attune::services
