#pragma once
#include "app/node/infrastructure.hpp"
#include "app/node/role_part.hpp"

namespace attune::app {

/// Turns events into executions, settles what workers lost, and deletes old history.
std::unique_ptr<RolePart> make_executor_role(Infrastructure& shared);

} // namespace attune::app
