#pragma once
#include "app/environment.hpp"
#include "app/settings.hpp"

#include <string>
#include <vector>

namespace attune::app {

struct LoadedSettings {
    Settings settings;
    std::vector<std::string> warnings;
};

/// Reads the settings: the defaults, over them the YAML file `config_file` (empty: the one that ATTUNE_CONFIG names;
/// none at all is fine), over that the variables ATTUNE__SECTION__KEY of `env`. Then the folders and database.url that
/// were left out are filled in, and every bound is checked.
///
/// Errors name the setting or the variable at fault: `not_found` (the file), `bad_request` (no YAML), `invalid`
/// (unknown names, with a suggestion; wrong values), `not_implemented` (a database or queue that this build cannot
/// use).
Result<LoadedSettings> load_settings(const std::string& config_file, const Environment& env);

/// The same for a text that stands for the file. Pure.
Result<LoadedSettings> load_settings_text(std::string_view yaml, std::string_view name, const Environment& env);

} // namespace attune::app
