#pragma once
#include "base/result.hpp"
#include "runtime/vault.hpp"
#include "storage/query.hpp"

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace attune {

/// A value to be bound to a statement, by reference: only for the call that it is given to.
class Param {
public:
    template <class T>
    Param(const T& value) // NOLINT(google-explicit-constructor)
        requires(!std::is_convertible_v<const T&, std::string_view>)
        : type_(&type_of<T>), value_(&value) {}
    Param(std::string_view text) : text_(text) {}   // NOLINT(google-explicit-constructor)
    Param(const std::string& text) : text_(text) {} // NOLINT(google-explicit-constructor)
    Param(const char* text) : text_(text) {}        // NOLINT(google-explicit-constructor)
    SqlValue bound() const { return type_ == nullptr ? SqlValue::text(text_) : to_sql(*type_, value_); }

private:
    const Type* type_ = nullptr; ///< null: the text
    const void* value_ = nullptr;
    std::string_view text_;
};

using Params = std::span<const Param>;

/// A connection inside one transaction, used by one synchronous function on a database thread. Errors: `conflict` for a
/// unique or foreign key that does not hold, `unavailable` for a database that is gone, full or busy, `internal`
/// otherwise.
class Session {
public:
    using RowSink = std::function<Result<void>(const Row&)>;
    /// Fills the values of row `index`.
    using RowSource = std::function<void(std::size_t index, std::vector<SqlValue>& values)>;

    virtual ~Session() = default;

    /// Rows changed, or 0 for a select.
    template <class... A>
    Result<std::int64_t> execute(const Query& query, const A&... params) {
        return run_bound(query, std::array<Param, sizeof...(A)>{params...}, nullptr);
    }

    template <Described T, class... A>
    Result<std::vector<T>> all(const Query& query, const A&... params) {
        return column<T>(query, params...);
    }

    template <Described T, class... A>
    Result<std::optional<T>> find(const Query& query, const A&... params) {
        return scalar<T>(query, params...);
    }

    /// The first column of the first row.
    template <class T, class... A>
    Result<std::optional<T>> scalar(const Query& query, const A&... params) {
        std::optional<T> out;
        CHECK(read_first(query, std::array<Param, sizeof...(A)>{params...}, type_of<std::optional<T>>, &out));
        return out;
    }

    /// The first column of every row.
    template <class T, class... A>
    Result<std::vector<T>> column(const Query& query, const A&... params) {
        std::vector<T> out;
        CHECK(read_all(query, std::array<Param, sizeof...(A)>{params...}, type_of<std::vector<T>>, &out));
        return out;
    }

    template <class... A>
    Result<std::int64_t> each(const Query& query, const RowSink& sink, const A&... params) {
        return run_bound(query, std::array<Param, sizeof...(A)>{params...}, &sink);
    }

    template <Described T>
    Result<std::int64_t> insert(const InsertOf<T>& query, const T& row) {
        return run_row(query, structure_of<T>(), &row);
    }

    /// Inserts a row whose id the database gives; writes it into `row`.
    template <Described T>
    Result<void> create(const NewOf<T>& query, T& row) {
        return create_row(query, structure_of<T>(), &row);
    }

    /// Writes all columns of an existing row; how many rows had its id.
    template <Described T>
    Result<std::int64_t> update(const UpdateOf<T>& query, const T& row) {
        return run_row(query, structure_of<T>(), &row);
    }

    /// Inserts many; the indices of the rows that went in (all but those that met "on conflict do nothing").
    template <Described T>
    Result<std::vector<std::size_t>> insert_many(const InsertOf<T>& query, std::span<const T> rows) {
        return insert_rows(query, structure_of<T>(), rows.data(), sizeof(T), rows.size());
    }

    /// Runs one statement for many rows, the fastest way the driver knows; the indices of those that changed a row.
    virtual Result<std::vector<std::size_t>> run_many(const Query& query, std::size_t count,
                                                      const RowSource& source) = 0;

    /// Runs a text that is no registered query: migrations, and list filters built from fixed parts.
    virtual Result<std::int64_t> run_text(std::string_view text, std::span<const SqlValue> values,
                                          const RowSink* sink) = 0;

    /// What seals secrets before they are stored. Errors: `unavailable` when the database was given none.
    Result<const Vault*> vault() const { return required(vault_); }
    void use(const Vault* vault) { vault_ = vault; }

protected:
    virtual Result<std::int64_t> run(const Query& query, std::span<const SqlValue> values, const RowSink* sink) = 0;

private:
    Result<std::int64_t> run_bound(const Query& query, Params params, const RowSink* sink);
    /// Every row, as a struct or by its first column, into a vector of that type.
    Result<void> read_all(const Query& query, Params params, const Type& list, void* to);
    /// The first row, if there is any, into an optional.
    Result<void> read_first(const Query& query, Params params, const Type& optional, void* to);
    Result<std::int64_t> run_row(const Query& query, const Structure& structure, const void* row);
    Result<void> create_row(const Query& query, const Structure& structure, void* row);
    Result<std::vector<std::size_t>> insert_rows(const Query& query, const Structure& structure, const void* first,
                                                 std::size_t size, std::size_t count);

    const Vault* vault_ = nullptr;
};

/// What reads rows as `element`: a struct by all its columns, anything else by the first one.
Result<void> read_element(const Type& element, const Row& row, void* to);

} // namespace attune
