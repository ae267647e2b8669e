#pragma once
#include "app/cli/parser.hpp"
#include "app/environment.hpp"

namespace attune::app::cli {

/// Does the commands that need no server to talk to (serve, migrate, backup, config show, openapi, version, completion,
/// schedule next without calendars of a server). Returns the exit code, or why it failed; nothing for other commands.
std::optional<Result<int>> run_server_command(const ParsedLine& line, const Environment& environment);

} // namespace attune::app::cli
