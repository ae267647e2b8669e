#pragma once
#include "app/node/infrastructure.hpp"

namespace attune::app {

/// Brings the core pack's folder up to date when it differs from what comes with the program. For every process that
/// runs its actions. Errors: `unavailable`.
Result<void> write_core_pack(Infrastructure& shared);

/// The same for its rows, which the API's processes do. Errors: as write_core_pack().
Result<void> install_core_pack(Infrastructure& shared);

} // namespace attune::app
