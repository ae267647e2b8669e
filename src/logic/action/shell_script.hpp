#pragma once
#include "base/json.hpp"

#include <string>

namespace attune::logic::action {

/// The script of an inline shell action with helpers: "#!/bin/bash", "set -e", then for each parameter the variables
/// PARAM_<UPPER> and <name>, not exported even where the environment has one of that name, then the code. Characters
/// that a name cannot hold become '_'. When two parameters meet in one variable, the one whose name needed no change
/// wins. A parameter whose name would clobber what the shell or the programs it starts rely on (PATH, IFS, UID, BASH_*,
/// ATTUNE_*, ...) has the PARAM_ form only. The text holds secrets: it is never written to a disk.
std::string make_shell_script(const json::object& parameters, std::string_view code);

/// Whether a shell variable of that name has a meaning of its own.
bool is_special_shell_variable(std::string_view name);

} // namespace attune::logic::action
