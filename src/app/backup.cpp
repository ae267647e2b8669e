#include "app/backup.hpp"

#include "adapters/sqlite/database.hpp"

namespace attune::app {

Result<void> backup(const Settings& settings, const std::string& file) {
    return sqlite::SqliteDatabase::backup(settings.database_file(), file);
}

} // namespace attune::app
