#pragma once
#include "app/node/infrastructure.hpp"
#include "app/node/role_part.hpp"

namespace attune::app {

/// Runs actions. Errors: `unavailable` when the core pack's files cannot be written; those of take_worker_identity().
Result<void> make_worker_role(Infrastructure& shared, std::unique_ptr<RolePart>& made);

} // namespace attune::app
