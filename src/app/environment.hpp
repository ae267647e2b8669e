#pragma once
#include <map>
#include <string>

namespace attune::app {

/// Environment variables by name.
using Environment = std::map<std::string, std::string>;

/// The variables that concern this program (all that begin with "ATTUNE", and HOME, USER, XDG_*, COLUMNS, NO_COLOR).
Environment read_environment();

/// Removes the settings (ATTUNE__*) from this process's environment and overwrites their bytes, so that neither
/// children nor /proc/<pid>/environ show them. Call before any thread starts.
void erase_settings_from_environment();

} // namespace attune::app
