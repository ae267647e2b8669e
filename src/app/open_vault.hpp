#pragma once
#include "app/settings.hpp"
#include "runtime/random.hpp"
#include "storage/database.hpp"

namespace attune::app {

/// The vault of security.encryption_key, given to the database, whose secrets it opens. With a new key, everything is
/// sealed anew first. Errors: `invalid` or `conflict`, naming the setting.
Result<std::unique_ptr<Vault>> open_vault(const Settings& settings, Database& db, Random& random);

} // namespace attune::app
