#pragma once
#include "app/node/infrastructure.hpp"
#include "app/node/role_part.hpp"

namespace attune::app {

/// Answers /health and what belongs to it, in a process without the API. Errors: `unavailable`, naming the setting.
Result<std::unique_ptr<RolePart>> make_health_role(Infrastructure& shared);

} // namespace attune::app
