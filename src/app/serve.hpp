#pragma once
#include "app/settings.hpp"

namespace attune::app {

/// Runs the server until it is told to stop (SIGTERM, SIGINT). Returns the process's exit code.
int serve(const Settings& settings);

} // namespace attune::app
