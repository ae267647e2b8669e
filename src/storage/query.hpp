#pragma once
#include "base/text.hpp"
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

/// `text` with {columns} and {table} of T filled in.
template <Described T>
std::string sql_for(std::string_view text) {
    return replace_all(replace_all(std::string(text), "{columns}", columns<T>()), "{table}", table_name<T>);
}

/// A query about T: {columns} and {table} are T's.
template <Described T>
struct QueryOf : Query {
    QueryOf(std::string name, std::string_view text) : Query(std::move(name), sql_for<T>(text)) {}
};

/// Inserts whole structs. `suffix`: "on conflict do nothing", for instance.
template <Described T>
struct InsertOf : Query {
    explicit InsertOf(std::string name, std::string_view suffix = {}) : Query(std::move(name), make(suffix)) {}

private:
    static std::string make(std::string_view suffix) {
        std::string values;
        for (int i = 1; i <= column_count<T>(); ++i) values += fmt::format("{}${}", i == 1 ? "" : ", ", i);
        return fmt::format("insert into {} ({}) values ({}) {}", table_name<T>, columns<T>(), values, suffix);
    }
};

/// Inserts a struct whose first member is an id that the database gives: "returning id".
template <Described T>
struct NewOf : Query {
    explicit NewOf(std::string name) : Query(std::move(name), make()) {}

private:
    static std::string make() {
        std::string values;
        for (int i = 1; i < column_count<T>(); ++i) values += fmt::format("{}${}", i == 1 ? "" : ", ", i);
        const auto all = columns<T>();
        return fmt::format("insert into {} ({}) values ({}) returning id", table_name<T>, all.substr(all.find(',') + 2),
                           values);
    }
};

/// Writes all columns of the row with the struct's id.
template <Described T>
struct UpdateOf : Query {
    explicit UpdateOf(std::string name) : Query(std::move(name), make()) {}

private:
    static std::string make() {
        std::string assignments;
        int number = 0;
        boost::mp11::mp_for_each<members_of<T>>([&](auto d) {
            if (++number > 1) assignments += fmt::format("{}\"{}\" = ${}", number == 2 ? "" : ", ", d.name, number);
        });
        return fmt::format("update {} set {} where id = $1", table_name<T>, assignments);
    }
};

} // namespace attune
