#pragma once
#include "flow/workers.hpp"
#include "services/role.hpp"

namespace attune::services {

/// Settles what epochs of `worker` before `before_epoch` left behind; rings what follows from it. For the scheduler,
/// when a worker is lost, and for a worker that starts again under its name.
task<Result<flow::Recovered>> recover_worker(Ports ports, Worker worker, std::int64_t before_epoch);

} // namespace attune::services
