#include "app/open_database.hpp"

#include "adapters/postgres/database.hpp"
#include "adapters/sqlite/database.hpp"

namespace attune::app {
namespace {

constexpr int kWriters = 2; ///< while one commits, the other gathers; more gain nothing

Error at_setting(Error error) {
    if (error.field.empty()) error.field = "database.url";
    return error;
}

} // namespace

Result<std::unique_ptr<Database>> open_database(const Settings& settings, Timestamp now, Metrics& metrics) {
    if (!settings.is_cluster()) {
        sqlite::Options options;
        options.path = settings.database_file();
        options.metrics = &metrics;
        TRY(auto made, sqlite::SqliteDatabase::open(options, now));
        return std::unique_ptr<Database>(std::move(made));
    }
    postgres::Options options;
    options.url = settings.database.url.reveal();
    options.metrics = &metrics;
    options.writers = kWriters;
    options.readers = static_cast<int>(settings.database.max_connections) - kWriters;
    options.statement_timeout = settings.database.statement_timeout;
    auto made = postgres::PostgresDatabase::open(options, now);
    if (!made) return at_setting(std::move(made).error());
    return std::unique_ptr<Database>(*std::move(made));
}

Result<void> migrate_database(const Settings& settings, Timestamp now) {
    if (!settings.is_cluster()) {
        CHECK(open_database(settings, now));
        return {};
    }
    auto done = postgres::PostgresDatabase::migrate(settings.database.url.reveal(), now);
    if (!done) return at_setting(std::move(done).error());
    return {};
}

} // namespace attune::app
