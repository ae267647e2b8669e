#pragma once
#include "app/settings.hpp"
#include "runtime/random.hpp"

namespace attune::app {

/// Makes the data directory (mode 0700) and the packs directory. Errors: `unavailable`, naming the setting.
Result<void> prepare_directories(const Settings& settings);

/// The secret from the settings, or the one kept in `<data_dir>/<file>` (mode 0600), generated at the first start.
Result<std::string> secret_or_generated(const Settings& settings, const Secret& given, const std::string& file,
                                        Random& random);

/// Writes a file that only we may read, whole or not at all.
Result<void> write_private_file(const std::string& path, std::string_view content);

} // namespace attune::app
