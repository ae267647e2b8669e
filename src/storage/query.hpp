#pragma once
#include "storage/table.hpp"

#include <string>
#include <vector>

namespace attune {

/// One statement in the dialect that both databases share, with a name for metrics. Parameters are $1..$n, bound by
/// name. Tokens, expanded by the driver: {skip_locked} {for_update} {pk} {ts} {json} {bytes}; only PostgreSQL sees what
/// stands between "{postgres:" and ":postgres}", SQLite what stands between "{sqlite:" and ":sqlite}". Made once, at
/// namespace scope: it registers itself, so that a test can prepare every query of the program.
class Query {
public:
    Query(std::string name, std::string text);
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    const std::string& name() const { return name_; }
    const std::string& text() const { return text_; }
    /// Small and dense: drivers keep their prepared statements in an array.
    std::size_t index() const { return index_; }

    static const std::vector<const Query*>& all();

private:
    std::string name_;
    std::string text_;
    std::size_t index_;
};

/// A query about T: {columns} and {table} are T's.
template <Described T>
struct QueryOf : Query {
    QueryOf(std::string name, std::string_view text)
        : Query(std::move(name), sql::for_table(structure_of<T>(), text)) {}
};

/// Inserts whole structs. `suffix`: "on conflict do nothing", for instance.
template <Described T>
struct InsertOf : Query {
    explicit InsertOf(std::string name, std::string_view suffix = {})
        : Query(std::move(name), sql::insert(structure_of<T>(), suffix)) {}
};

/// Inserts a struct whose first member is an id that the database gives: "returning id".
template <Described T>
struct NewOf : Query {
    explicit NewOf(std::string name) : Query(std::move(name), sql::insert_new(structure_of<T>())) {}
};

/// Writes all columns of the row with the struct's id.
template <Described T>
struct UpdateOf : Query {
    explicit UpdateOf(std::string name) : Query(std::move(name), sql::update(structure_of<T>())) {}
};

} // namespace attune
