#include "app/backup.hpp"

#include "adapters/sqlite/database.hpp"

namespace attune::app {

Result<void> backup(const Settings& settings, const std::string& file) {
    if (settings.is_cluster()) {
        return Error{Errc::not_implemented, "copies SQLite files only; for PostgreSQL: pg_dump --schema=attune",
                     "database.url"};
    }
    return sqlite::SqliteDatabase::backup(settings.database_file(), file);
}

} // namespace attune::app
