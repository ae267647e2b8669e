#pragma once
#include "app/node/infrastructure.hpp"
#include "app/node/role_part.hpp"

namespace attune::app {

/// Records what happens: fires the timers, and tells what becomes of files.
std::unique_ptr<RolePart> make_sensor_role(Infrastructure& shared);

} // namespace attune::app
