#pragma once
#include "domain/worker.hpp"
#include "logic/placement/worker_traits.hpp"
#include "services/role.hpp"

#include <map>

namespace attune::services {

/// Ends executions that no live worker has been able to run for a stated time, on our own monotonic clock. A cordoned
/// worker is able: it is there, and will take work again. Behind other work an execution waits as long as that takes.
class StrandedWork {
public:
    /// `limit` 0: nothing is ended. Looks once in `interval` at most.
    StrandedWork(Ports ports, Duration limit, Duration interval) : ports_(ports), limit_(limit), interval_(interval) {}

    task<Result<void>> run_once(std::vector<Worker> live);
    /// After a gap in our own readings, which prove nothing then.
    void start_again() { unmet_since_.clear(); }

private:
    struct Known {
        PlacementId id;
        Result<logic::placement::Requirement> requirement;
    };
    task<Result<void>> refresh();
    task<Result<void>> end(PlacementId placement, std::string message);

    Ports ports_;
    Duration limit_;
    Duration interval_;
    Duration looked_at_{-1};
    std::vector<Known> placements_;
    std::map<PlacementId, Duration> unmet_since_;
};

} // namespace attune::services
