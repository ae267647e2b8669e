#pragma once
#include "app/cli/command.hpp"

/// Packs on this machine, without a server.
namespace attune::app::cli {

/// `pack validate FOLDER`: all that is wrong with it, on stderr; 0 without an error (with --strict: and without a
/// warning), else 2.
Result<int> validate_pack(const Arguments& arguments);

/// `pack init NAME`: a folder of that name with a small pack that works. Errors: `conflict` when the folder exists.
Result<int> init_pack(const Arguments& arguments);

} // namespace attune::app::cli
