#pragma once
#include "app/settings.hpp"

#include <string>

namespace attune::app {

/// Writes a consistent copy of the database to `file` while the server may run. Errors: `conflict` (the file exists),
/// `not_found` (no database), `unavailable` (it cannot be written), `not_implemented` (PostgreSQL has its own tools).
Result<void> backup(const Settings& settings, const std::string& file);

} // namespace attune::app
