#pragma once
#include "app/cli/command.hpp"

namespace attune::app::cli {

/// What people do with the webhooks of triggers.
std::vector<Command> webhook_commands();

} // namespace attune::app::cli
