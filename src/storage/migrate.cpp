#include "storage/migrate.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>

namespace attune {
namespace {

struct Step {
    std::int64_t version = 0;
    std::string name;
    std::string_view sql = {};
};

std::vector<Step> in_order(std::span<const embedded::File> files) {
    std::vector<Step> out;
    for (const auto& file : files) {
        Step step{0, std::string(file.name), file.text};
        std::from_chars(file.name.data(), file.name.data() + file.name.size(), step.version);
        out.push_back(std::move(step));
    }
    std::ranges::sort(out, {}, &Step::version);
    return out;
}

Result<std::vector<Step>> applied_to(Session& session) {
    std::vector<Step> out;
    const Session::RowSink sink = [&](const Row& row) -> Result<void> {
        out.push_back({row.integer(0), std::string(row.text(1))});
        return {};
    };
    CHECK(session.run_text("select version, name from schema_version order by version", {}, &sink));
    return out;
}

/// Those of `all` whose version `others` have not; both in order.
std::vector<Step> without(const std::vector<Step>& all, const std::vector<Step>& others) {
    std::vector<Step> out;
    std::ranges::set_difference(all, others, std::back_inserter(out), {}, &Step::version, &Step::version);
    return out;
}

std::string list(const std::vector<Step>& steps) {
    std::vector<std::string> out;
    for (const auto& step : steps) out.push_back(fmt::format("{} ({})", step.version, step.name));
    return join(out, ", ");
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

Result<void> apply(Session& session, const Step& step, Timestamp now) {
    for (const auto statement : statements(step.sql)) CHECK(session.run_text(statement, {}, nullptr));
    const std::array values{SqlValue::integer(step.version), SqlValue::text(step.name), SqlValue::timestamp(now)};
    CHECK(session.run_text("insert into schema_version (version, name, applied) values ($1, $2, $3)", values, nullptr));
    return {};
}

} // namespace

Result<SchemaDifference> compare_schema(Session& session, std::span<const embedded::File> steps) {
    const auto known = in_order(steps);
    TRY(const auto applied, applied_to(session));
    return SchemaDifference{list(without(known, applied)), list(without(applied, known))};
}

Result<void> migrate(Session& session, Timestamp now, std::span<const embedded::File> steps) {
    CHECK(session.run_text("create table if not exists schema_version (version integer primary key, name text not "
                           "null, applied {ts} not null)",
                           {}, nullptr));
    const auto known = in_order(steps);
    TRY(const auto applied, applied_to(session));
    if (const auto unknown = without(applied, known); !unknown.empty()) {
        return Error{Errc::conflict,
                     fmt::format("the database's schema has steps that this program does not know: {}. It was written "
                                 "by a newer version of Attune. Start that version, or restore a backup.",
                                 list(unknown))};
    }
    for (const auto& step : without(known, applied)) CHECK(apply(session, step, now));
    return {};
}

} // namespace attune
