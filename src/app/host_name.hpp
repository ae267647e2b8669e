#pragma once
#include <string>

namespace attune::app {

/// Of this machine.
std::string host_name();

} // namespace attune::app
