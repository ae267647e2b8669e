#pragma once
#include <string_view>

namespace attune::app {

constexpr std::string_view kVersion = ATTUNE_VERSION; ///< of CMakeLists.txt's project()

} // namespace attune::app
