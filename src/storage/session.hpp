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
        const std::array<SqlValue, sizeof...(A)> values{to_sql(params)...};
        return run(query, values, nullptr);
    }

    template <Described T, class... A>
    Result<std::vector<T>> all(const Query& query, const A&... params) {
        std::vector<T> out;
        const RowSink sink = [&](const Row& row) -> Result<void> {
            TRY(auto one, read_row<T>(row));
            out.push_back(std::move(one));
            return {};
        };
        const std::array<SqlValue, sizeof...(A)> values{to_sql(params)...};
        CHECK(run(query, values, &sink));
        return out;
    }

    template <Described T, class... A>
    Result<std::optional<T>> find(const Query& query, const A&... params) {
        TRY(auto rows, all<T>(query, params...));
        if (rows.empty()) return std::optional<T>{};
        return std::optional<T>{std::move(rows.front())};
    }

    /// The first column of the first row.
    template <class T, class... A>
    Result<std::optional<T>> scalar(const Query& query, const A&... params) {
        TRY(auto rows, column<T>(query, params...));
        if (rows.empty()) return std::optional<T>{};
        return std::optional<T>{std::move(rows.front())};
    }

    /// The first column of every row.
    template <class T, class... A>
    Result<std::vector<T>> column(const Query& query, const A&... params) {
        std::vector<T> out;
        const RowSink sink = [&](const Row& row) -> Result<void> {
            TRY(auto one, SqlCodec<T>::from(row, 0));
            out.push_back(std::move(one));
            return {};
        };
        const std::array<SqlValue, sizeof...(A)> values{to_sql(params)...};
        CHECK(run(query, values, &sink));
        return out;
    }

    template <class... A>
    Result<std::int64_t> each(const Query& query, const RowSink& sink, const A&... params) {
        const std::array<SqlValue, sizeof...(A)> values{to_sql(params)...};
        return run(query, values, &sink);
    }

    template <Described T>
    Result<std::int64_t> insert(const InsertOf<T>& query, const T& row) {
        std::vector<SqlValue> values;
        bind_row(row, values);
        return run(query, values, nullptr);
    }

    /// Inserts a row whose id the database gives; writes it into `row`.
    template <Described T>
    Result<void> create(const NewOf<T>& query, T& row) {
        std::vector<SqlValue> values;
        bind_row(row, values);
        const RowSink sink = [&](const Row& made) -> Result<void> {
            row.id = {made.integer(0)};
            return {};
        };
        CHECK(run(query, std::span<const SqlValue>(values).subspan(1), &sink));
        return {};
    }

    /// Writes all columns of an existing row; how many rows had its id.
    template <Described T>
    Result<std::int64_t> update(const UpdateOf<T>& query, const T& row) {
        std::vector<SqlValue> values;
        bind_row(row, values);
        return run(query, values, nullptr);
    }

    /// Inserts many; the indices of the rows that went in (all but those that met "on conflict do nothing").
    template <Described T>
    Result<std::vector<std::size_t>> insert_many(const InsertOf<T>& query, std::span<const T> rows) {
        return run_many(query, rows.size(),
                        [&](std::size_t i, std::vector<SqlValue>& values) { bind_row(rows[i], values); });
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
    const Vault* vault_ = nullptr;
};

} // namespace attune
