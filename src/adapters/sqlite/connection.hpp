#pragma once
#include "storage/driver/transaction_session.hpp"

#include <memory>
#include <string>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace attune::sqlite {

/// One SQLite connection with its prepared statements. Used from one thread at a time.
class Connection final : public driver::TransactionSession {
public:
    struct Options {
        bool read_only = false;
        int cache_kib = 8192;
    };

    /// `path` may be ":memory:". Errors: `unavailable` with the reason.
    static Result<std::unique_ptr<Connection>> open(const std::string& path, Options options);
    ~Connection() override;

    Result<void> control(const char* text) override;
    Result<void> begin() override { return control("begin immediate"); }
    /// SQLite ends a transaction by itself when the disk is full.
    bool in_transaction() const override;
    std::int64_t total_changes() const override;
    /// Pages in the write-ahead log after the last commit on this connection.
    int wal_pages() const { return wal_pages_; }
    /// Copies what the log holds into the database file, as far as readers allow.
    Result<void> checkpoint();
    /// Copies the whole database into a new file, consistently, while it is in use.
    Result<void> backup_to(const std::string& file);
    /// Prepares a query without running it.
    Result<void> prepare_only(const Query& query);

    Result<std::vector<std::size_t>> run_many(const Query& query, std::size_t count, const RowSource& source) override;
    Result<std::int64_t> run_text(std::string_view text, std::span<const SqlValue> values,
                                  const RowSink* sink) override;

private:
    struct Statement {
        sqlite3_stmt* handle = nullptr;
        std::vector<std::size_t> parameter; ///< of SQLite's n-th parameter: the index of its value
        bool returns_rows = false;
    };

    explicit Connection(sqlite3* handle) : handle_(handle) {}
    Result<void> configure(const Options& options);
    Result<void> set_up(const std::string& pragma);
    Result<std::int64_t> run(const Query& query, std::span<const SqlValue> values, const RowSink* sink) override;
    Result<Statement*> prepared(const Query& query);
    Result<Statement> prepare(std::string_view text, std::string_view name);
    Result<std::int64_t> step(Statement& statement, std::span<const SqlValue> values, const RowSink* sink);
    Error failure(std::string_view doing) const;

    sqlite3* handle_;
    int wal_pages_ = 0;
    std::vector<Statement> statements_;                       ///< by Query::index()
    std::vector<std::pair<std::string, Statement>> controls_; ///< the few texts that begin and end transactions
};

/// Fills in the dialect's tokens.
std::string expand_tokens(std::string_view text);

} // namespace attune::sqlite
