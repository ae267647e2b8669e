#include "adapters/postgres/connection.hpp"
#include "adapters/sqlite/connection.hpp"
#include "app/doctor/checks.hpp"
#include "app/version.hpp"
#include "storage/migrate.hpp"

#include <filesystem>

namespace attune::app::doctor {
namespace {

using Opened = std::unique_ptr<driver::TransactionSession>;

constexpr Duration kStatement = 10s;
constexpr Duration kClockSkew = 1s;
constexpr Duration kWrongClock = 30s;
constexpr std::int64_t kOldestServer = 140'000; ///< PostgreSQL 14

Result<std::int64_t> number(Session& session, std::string_view sql) {
    std::int64_t out = 0;
    const Session::RowSink sink = [&](const Row& row) -> Result<void> {
        out = row.is_null(0) ? 0 : row.integer(0);
        return {};
    };
    CHECK(session.run_text(sql, {}, &sink));
    return out;
}

Result<bool> holds(Session& session, std::string_view condition) {
    TRY(const auto yes, number(session, fmt::format("select case when {} then 1 else 0 end", condition)));
    return yes == 1;
}

/// With a transaction begun that only reads.
Result<Opened> open_sqlite(const std::string& file) {
    TRY(auto opened, sqlite::Connection::open(file, {.read_only = true}));
    CHECK(opened->control("begin"));
    return Opened(std::move(opened));
}

Result<Opened> open_postgres(const ConnectionUrl& url) {
    TRY(auto opened, postgres::Connection::open({url.reveal(), kStatement, true}));
    CHECK(opened->control("begin isolation level repeatable read read only"));
    return Opened(std::move(opened));
}

/// Null, with a finding, when there is none.
Opened open_database(Findings& out, const Settings& settings) {
    const bool is_cluster = settings.is_cluster();
    const auto file = settings.database_file();
    if (!is_cluster && !std::filesystem::exists(file)) {
        out.ok("database", fmt::format("{} is not there yet: the first start makes it", file));
        return nullptr;
    }
    auto opened = is_cluster ? open_postgres(settings.database.url) : open_sqlite(file);
    if (opened) return *std::move(opened);
    out.fail("database", fmt::format("{} cannot be opened: {}", settings.database.url.shown(), opened.error().message),
             is_cluster ? "check database.url, that its server runs, and that pg_hba.conf lets this machine in"
                        : "run doctor as the user that the server runs as; if the file is damaged, restore a backup");
    return nullptr;
}

Result<bool> has_schema(Session& session, bool is_cluster) {
    if (is_cluster) return holds(session, "to_regclass('attune.schema_version') is not null");
    return holds(session, "exists (select 1 from sqlite_master where name = 'schema_version')");
}

/// Whether it is the one that this program works with.
Result<bool> look_at_schema(Findings& out, Session& session, const Settings& settings) {
    TRY(const bool there, has_schema(session, settings.is_cluster()));
    if (!there) {
        out.ok("database", "has no tables yet: the first start makes them");
        return false;
    }
    TRY(const auto schema, compare_schema(session));
    if (schema.none()) {
        out.ok("database", "its schema is that of this program");
    } else if (schema.unknown.empty()) {
        out.warn("database", fmt::format("its schema lacks steps of this program: {}", schema.missing),
                 "back it up, then run `attune migrate`, or start the server, which does the same");
    } else {
        out.fail("database", fmt::format("its schema has steps that this program does not know: {}", schema.unknown),
                 "use the version of Attune that made them");
    }
    return schema.none();
}

Result<void> look_at_clock(Findings& out, Session& session, Timestamp now) {
    // The diagnosis alone asks a database for the time: nothing is decided by it.
    TRY(const auto theirs, number(session, "select cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)"));
    const auto apart = Timestamp{Duration{theirs}} - now;
    const auto size = apart < Duration{0} ? -apart : apart;
    const auto text = fmt::format("the clock of its server is {} {} of this machine's",
                                  format_duration(std::chrono::floor<std::chrono::milliseconds>(size)),
                                  apart < Duration{0} ? "behind that" : "ahead of that");
    const auto* const fix = "let a time service (chrony, systemd-timesyncd) keep both clocks";
    if (size > kWrongClock)
        out.fail("clock", text, fix);
    else if (size > kClockSkew)
        out.warn("clock", text, fix);
    else
        out.ok("clock", "agrees with that of the database server within a second");
    return {};
}

Result<void> look_at_rights(Findings& out, Session& session) {
    TRY(const bool all,
        holds(session, "has_schema_privilege('attune', 'usage') and not exists (select 1 from pg_tables where"
                       " schemaname = 'attune' and not has_table_privilege(format('%I.%I', schemaname, tablename),"
                       " 'select, insert, update, delete'))"));
    if (all) return {};
    out.fail("database", "the role of database.url may not read and write all tables of the schema attune",
             "as their owner: grant usage on schema attune to <role>; grant select, insert, update, delete on all "
             "tables in schema attune to <role>");
    return {};
}

Result<void> look_at_postgres(Findings& out, Session& session, const Settings& settings, Timestamp now) {
    CHECK(look_at_clock(out, session, now));
    TRY(const auto version, number(session, "select cast(current_setting('server_version_num') as bigint)"));
    const auto text = fmt::format("PostgreSQL {}.{} answers", version / 10'000, version % 10'000);
    if (version >= kOldestServer)
        out.ok("database", text);
    else
        out.warn("database", text, "use PostgreSQL 14 or newer");
    TRY(const bool reads_only, holds(session, "pg_is_in_recovery()"));
    if (reads_only) {
        out.fail("database", "its server is a standby, which takes no writes",
                 "name the primary in database.url (or both, with target_session_attrs=read-write)");
    }
    TRY(const bool forgets, holds(session, "current_setting('synchronous_commit') = 'off'"));
    if (forgets) {
        out.warn("database", "synchronous_commit is off: a crash of its server may lose events that were acknowledged",
                 "switch it on for this role or database");
    }
    TRY(const auto room, number(session, "select cast(current_setting('max_connections') as bigint) - count(*) from"
                                         " pg_stat_activity where backend_type = 'client backend'"));
    if (room < static_cast<std::int64_t>(settings.database.max_connections)) {
        out.warn("database",
                 fmt::format("its server takes only {} more connections; a process opens {}", room,
                             settings.database.max_connections),
                 "raise max_connections there, or lower database.max_connections");
    }
    return {};
}

Result<void> look_inside(Findings& out, Session& session, const Settings& settings, Timestamp now) {
    if (settings.is_cluster()) CHECK(look_at_postgres(out, session, settings, now));
    TRY(const bool current, look_at_schema(out, session, settings));
    if (!current) return {};
    if (settings.is_cluster()) CHECK(look_at_rights(out, session));
    CHECK(look_at_workers(out, session, settings, now));
    CHECK(look_at_timers(out, session));
    CHECK(look_at_file_watches(out, session));
    return look_at_packs(out, session);
}

} // namespace

void look_at_database(Findings& out, const Settings& settings, Timestamp now) {
    const auto connection = open_database(out, settings);
    if (!connection) return;
    if (auto done = look_inside(out, *connection, settings, now); !done) {
        out.fail("database", fmt::format("cannot be read: {}", done.error().message),
                 "check the rights of the role, or restore a backup if it is damaged");
    }
    if (connection->in_transaction()) (void)connection->control("rollback");
}

} // namespace attune::app::doctor
