#include "storage/migrate.hpp"

#include <algorithm>
#include <charconv>

namespace attune {
namespace {

struct Step {
    std::int64_t version = 0;
    std::string_view name;
    std::string_view sql;
};

std::vector<Step> steps() {
    std::vector<Step> out;
    for (const auto& file : embedded::migration_files()) {
        Step step{0, file.name, file.text};
        std::from_chars(file.name.data(), file.name.data() + file.name.size(), step.version);
        out.push_back(step);
    }
    std::ranges::sort(out, {}, &Step::version);
    return out;
}

/// The statements of a migration: separated by semicolons at the end of a line.
std::vector<std::string_view> statements(std::string_view sql) {
    std::vector<std::string_view> out;
    while (!sql.empty()) {
        const auto end = sql.find(";\n");
        const auto one = trim(sql.substr(0, end));
        if (!one.empty()) out.push_back(one);
        if (end == std::string_view::npos) break;
        sql.remove_prefix(end + 2);
    }
    return out;
}

} // namespace

Result<std::int64_t> schema_version(Session& session) {
    std::int64_t version = 0;
    const Session::RowSink sink = [&](const Row& row) -> Result<void> {
        version = row.integer(0);
        return {};
    };
    CHECK(session.run_text("select coalesce(max(version), 0) from schema_version", {}, &sink));
    return version;
}

std::int64_t newest_schema_version() {
    const auto all = steps();
    return all.empty() ? 0 : all.back().version;
}

Result<void> migrate(Session& session, Timestamp now) {
    CHECK(session.run_text("create table if not exists schema_version (version integer primary key, name text not "
                           "null, applied {ts} not null)",
                           {}, nullptr));
    TRY(const auto version, schema_version(session));
    const auto all = steps();
    if (!all.empty() && version > all.back().version) {
        return Error{
            Errc::conflict,
            fmt::format(
                "the database has schema version {}, this program knows only up to {}: it was written by a newer "
                "version of Attune. Start that version, or restore a backup.",
                version, all.back().version)};
    }
    for (const auto& step : all) {
        if (step.version <= version) continue;
        for (const auto statement : statements(step.sql)) CHECK(session.run_text(statement, {}, nullptr));
        const std::array values{SqlValue::integer(step.version), SqlValue::text(step.name), SqlValue::timestamp(now)};
        CHECK(session.run_text("insert into schema_version (version, name, applied) values ($1, $2, $3)", values,
                               nullptr));
    }
    return {};
}

} // namespace attune
