#pragma once
#include "storage/sql_value.hpp"

#include <string>
#include <vector>

/// Rows of tables as described structs (ATTUNE_ROW): the members are the columns, in their order.
namespace attune {

/// "\"id\", \"ref\", …": quoted, as some names are keywords of SQL.
std::string columns(const Structure& structure, std::string_view prefix = {});
template <Described T>
std::string columns(std::string_view prefix = {}) {
    return columns(structure_of<T>(), prefix);
}

template <Described T>
std::string_view table_name() {
    return structure_of<T>().table;
}

/// Reads the columns that columns() named, beginning with `first`, into the struct `to`. Errors: `internal`, with the
/// column's name.
Result<void> read_row(const Structure& structure, const Row& row, int first, void* to);
template <Described T>
Result<T> read_row(const Row& row, int first = 0) {
    T out{};
    CHECK(read_row(structure_of<T>(), row, first, &out));
    return out;
}

/// A struct as bound values, in the order of its columns.
void bind_row(const Structure& structure, const void* from, std::vector<SqlValue>& out);

/// The texts of statements about a struct's table; `$1`, `$2`… are its columns.
namespace sql {

/// `text` with {columns} and {table} filled in.
std::string for_table(const Structure& structure, std::string_view text);
std::string insert(const Structure& structure, std::string_view suffix);
/// Without the first column, which the database gives: "… returning id".
std::string insert_new(const Structure& structure);
/// All columns of the row with the struct's first.
std::string update(const Structure& structure);

} // namespace sql
} // namespace attune
