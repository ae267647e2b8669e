#include "adapters/postgres/database.hpp"

#include "adapters/postgres/readers.hpp"
#include "adapters/postgres/writers.hpp"
#include "base/log.hpp"
#include "storage/migrate.hpp"

#include <future>

namespace attune::postgres {
namespace {

/// What processes that migrate lock; any number that nobody else uses ("attune" in ASCII).
constexpr std::int64_t kMigrationLock = 0x617474756e65;

class ServerDatabase final : public PostgresDatabase {
public:
    explicit ServerDatabase(const Options& options)
        : writers_(connection_options(options, true), options), readers_(connection_options(options, false), options) {}

    TrafficCounts traffic() const override { return traffic_->counts(); }

    std::optional<std::string> trouble() const override { return writers_.trouble(); }

protected:
    task<Result<void>> submit_read(Unit unit) override {
        auto start = [&](driver::Completion completion) {
            auto copy = completion;
            if (!readers_.submit(std::move(unit), std::move(completion))) driver::refuse(std::move(copy), "reads");
        };
        co_return co_await driver::await_completion(start);
    }

    task<Result<void>> submit_write(WriteOptions options, Unit unit) override {
        auto start = [&](driver::Completion completion) {
            auto copy = completion;
            if (!writers_.submit(options, std::move(unit), std::move(completion)))
                driver::refuse(std::move(copy), "writes");
        };
        co_return co_await driver::await_completion(start);
    }

    Result<void> run_blocking(Unit unit) override {
        const auto answer = std::make_shared<std::promise<Result<void>>>();
        const driver::Completion completion{{},
                                            [answer](Result<void> result) { answer->set_value(std::move(result)); }};
        if (!writers_.submit({.lane = Lane::flow, .savepoint = true}, std::move(unit), completion))
            return Error{Errc::unavailable, "too many writes are waiting for the database"};
        return answer->get_future().get();
    }

private:
    Connection::Options connection_options(const Options& options, bool for_writing) const {
        return {options.url, options.statement_timeout, for_writing, traffic_};
    }
    std::shared_ptr<Traffic> traffic_ = std::make_shared<Traffic>();
    Writers writers_;
    Readers readers_;
};

Result<bool> ask(Connection& connection, std::string_view question) {
    bool out = false;
    const Session::RowSink sink = [&](const Row& row) -> Result<void> {
        out = row.boolean(0);
        return {};
    };
    CHECK(connection.run_text(question, {}, &sink));
    return out;
}

Result<void> wait_for_lock(Connection& connection) {
    TRY(const auto locked, ask(connection, fmt::format("select pg_try_advisory_xact_lock({})", kMigrationLock)));
    if (locked) return {};
    log::info("another process brings the database's schema up to date: waiting for it");
    CHECK(connection.run_text(fmt::format("select pg_advisory_xact_lock({})", kMigrationLock), {}, nullptr));
    return {};
}

/// A role without the right to change the schema can still use one that is current.
Result<bool> is_current(Connection& connection) {
    TRY(const auto exists, ask(connection, "select to_regclass('attune.schema_version') is not null"));
    if (!exists) return false;
    TRY(const auto schema, compare_schema(connection));
    return schema.none();
}

Result<void> migrate_locked(Connection& connection, Timestamp now) {
    CHECK(wait_for_lock(connection));
    TRY(const auto current, is_current(connection));
    if (current) return {};
    TRY(const auto has_schema, ask(connection, "select exists (select 1 from pg_namespace where nspname = 'attune')"));
    if (!has_schema) CHECK(connection.run_text("create schema attune", {}, nullptr));
    return attune::migrate(connection, now);
}

Error explain(Error error) {
    if (error.message.find("(42501)") == std::string::npos) return error;
    return Error{Errc::forbidden,
                 fmt::format("the database's schema is not the one of this version, and the role of database.url may "
                             "not change it: {}. Run `attune migrate` with the role that owns the schema 'attune', or "
                             "let the owner of the database run: create schema attune authorization <role>",
                             error.message)};
}

} // namespace

Result<void> PostgresDatabase::migrate(const std::string& url, Timestamp now) {
    TRY(const auto connection, Connection::open({.url = url, .statement_timeout = Duration{0}}));
    CHECK(connection->begin());
    auto done = migrate_locked(*connection, now);
    if (done) done = connection->control("commit");
    if (!done) return explain(std::move(done).error());
    return {};
}

Result<std::unique_ptr<PostgresDatabase>> PostgresDatabase::open(const Options& options, Timestamp now) {
    CHECK(migrate(options.url, now));
    return std::unique_ptr<PostgresDatabase>(std::make_unique<ServerDatabase>(options));
}

} // namespace attune::postgres
