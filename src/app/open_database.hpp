#pragma once
#include "app/settings.hpp"
#include "runtime/metrics.hpp"
#include "storage/database.hpp"

#include <memory>

namespace attune::app {

/// The database that database.url names, migrated. Errors: those of the driver's open(), naming the setting.
Result<std::unique_ptr<Database>> open_database(const Settings& settings, Timestamp now,
                                                Metrics& metrics = Metrics::unread());

/// Brings the database's schema up to this program's version, and nothing else. Errors as above.
Result<void> migrate_database(const Settings& settings, Timestamp now);

} // namespace attune::app
