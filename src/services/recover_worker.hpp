#pragma once
#include "domain/worker.hpp"
#include "flow/workers.hpp"
#include "services/role.hpp"

namespace attune::services {

/// Settles what epochs of `worker` before `before_epoch` left behind; rings what follows from it. For the scheduler,
/// when a worker is lost, and for a worker that starts again under its name. When that includes the epoch of `worker`
/// itself, it is marked inactive with it, and nothing happens if it renewed its lease since the row was read.
task<Result<flow::Recovered>> recover_worker(Ports ports, Worker worker, std::int64_t before_epoch);

} // namespace attune::services
