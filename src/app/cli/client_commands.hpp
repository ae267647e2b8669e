#pragma once
#include "app/cli/parser.hpp"
#include "app/environment.hpp"

namespace attune::app::cli {

/// Does the commands that talk to a server. Returns the exit code, or why it failed.
Result<int> run_client_command(const ParsedLine& line, const Environment& environment);

} // namespace attune::app::cli
