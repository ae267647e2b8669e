#pragma once
#include "app/roles.hpp"

namespace attune::app {

/// Runs these roles until the process is told to stop (SIGTERM, SIGINT) or ends itself. Returns its exit code.
int serve(const Settings& settings, const Roles& roles);

} // namespace attune::app
