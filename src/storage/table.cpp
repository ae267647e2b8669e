#include "storage/table.hpp"

#include "base/text.hpp"

namespace attune {
namespace {

/// "$1, $2, …"
std::string placeholders(std::size_t count) {
    std::string out;
    for (std::size_t i = 1; i <= count; ++i) out += fmt::format("{}${}", i == 1 ? "" : ", ", i);
    return out;
}

} // namespace

std::string columns(const Structure& structure, std::string_view prefix) {
    std::string out;
    for (const auto& field : structure.fields) {
        if (!out.empty()) out += ", ";
        if (!prefix.empty()) out += fmt::format("{}.", prefix);
        out += fmt::format("\"{}\"", field.name);
    }
    return out;
}

Result<void> read_row(const Structure& structure, const Row& row, int first, void* to) {
    int column = first;
    for (const auto& field : structure.fields) {
        if (auto read = from_sql(*field.type, row, column++, field.of(to)); !read) {
            return Error{Errc::internal, fmt::format("column {}.{} cannot be read: {}", structure.table, field.name,
                                                     read.error().text())};
        }
    }
    return {};
}

void bind_row(const Structure& structure, const void* from, std::vector<SqlValue>& out) {
    out.clear();
    out.reserve(structure.fields.size());
    for (const auto& field : structure.fields) out.push_back(to_sql(*field.type, field.of(from)));
}

namespace sql {

std::string for_table(const Structure& structure, std::string_view text) {
    return replace_all(replace_all(std::string(text), "{columns}", columns(structure)), "{table}", structure.table);
}

std::string insert(const Structure& structure, std::string_view suffix) {
    return fmt::format("insert into {} ({}) values ({}) {}", structure.table, columns(structure),
                       placeholders(structure.fields.size()), suffix);
}

std::string insert_new(const Structure& structure) {
    const auto all = columns(structure);
    return fmt::format("insert into {} ({}) values ({}) returning id", structure.table, all.substr(all.find(',') + 2),
                       placeholders(structure.fields.size() - 1));
}

std::string update(const Structure& structure) {
    std::string assignments;
    for (std::size_t i = 1; i < structure.fields.size(); ++i) {
        assignments += fmt::format("{}\"{}\" = ${}", i == 1 ? "" : ", ", structure.fields[i].name, i + 1);
    }
    return fmt::format("update {} set {} where id = $1", structure.table, assignments);
}

} // namespace sql
} // namespace attune
