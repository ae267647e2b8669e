#pragma once
#include "adapters/postgres/bulk.hpp"
#include "adapters/postgres/traffic.hpp"
#include "storage/driver/transaction_session.hpp"

#include <memory>
#include <string>
#include <vector>

struct pg_conn;
struct pg_result;

namespace attune::postgres {

class Parameters;

/// One connection to PostgreSQL with its prepared statements. Used from one thread at a time. It does not come back by
/// itself once it is lost.
class Connection final : public driver::TransactionSession {
public:
    struct Options {
        std::string url;                                       ///< as libpq reads it, TLS parameters included
        Duration statement_timeout = std::chrono::seconds{30}; ///< 0: none
        bool for_writing = true; ///< of several hosts in the url, the one that takes writes
        std::shared_ptr<Traffic> traffic = std::make_shared<Traffic>(); ///< counts what is sent
        /// The server ends a transaction in which nothing was said for so long: its process stands still, or its
        /// machine is gone, while others wait for the rows it has locked.
        Duration silence_limit = std::chrono::seconds{5};
    };

    /// Errors: `unavailable` with the server's reason, without the password.
    static Result<std::unique_ptr<Connection>> open(const Options& options);
    ~Connection() override;

    Result<void> control(const char* statement) override;
    Result<void> begin() override { return control("begin"); }
    Result<void> commit(bool durable) override;
    bool in_transaction() const override;
    bool is_failed() const override;
    bool take_conflict() override { return std::exchange(conflict_, false); }
    std::int64_t total_changes() const override { return total_changes_; }
    /// Whether the connection is of no more use.
    bool is_lost() const;
    /// Prepares a query, and its form for many rows when it has one, without running them.
    Result<void> prepare_only(const Query& query);
    /// The process that serves this connection, for tests that end it.
    int backend() const;

    Result<std::vector<std::size_t>> run_many(const Query& query, std::size_t count, const RowSource& source) override;
    Result<std::int64_t> run_text(std::string_view text, std::span<const SqlValue> values,
                                  const RowSink* sink) override;

private:
    struct Statement {
        bool is_prepared = false;
        std::vector<std::string> types; ///< of the parameters
        std::optional<BulkStatement> bulk;
        bool bulk_is_prepared = false;
    };
    using Rows = std::vector<std::vector<SqlValue>>;

    Connection(pg_conn* handle, std::shared_ptr<Traffic> traffic) : handle_(handle), traffic_(std::move(traffic)) {}
    Result<void> configure(const Options& options);
    Result<std::int64_t> run(const Query& query, std::span<const SqlValue> values, const RowSink* sink) override;
    Result<Statement*> prepared(const Query& query);
    Result<void> prepare(const std::string& name, const std::string& text);
    Result<void> describe(const std::string& name, Statement& statement);
    Result<std::vector<std::size_t>> run_each(const Query& query, const Rows& rows);
    Result<std::vector<std::size_t>> run_bulk(const Query& query, Statement& statement, const Rows& rows);
    Result<std::int64_t> finish(pg_result* result, const RowSink* sink, std::string_view doing);
    Error failure(const pg_result* result, std::string_view doing);

    pg_conn* handle_;
    std::shared_ptr<Traffic> traffic_;
    bool conflict_ = false;
    bool unusable_ = false;
    std::int64_t total_changes_ = 0;
    std::vector<Statement> statements_; ///< by Query::index()
};

} // namespace attune::postgres
