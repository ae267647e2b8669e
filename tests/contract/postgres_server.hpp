#pragma once
#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/database.hpp"
#include "contract/database_contract.hpp"

#include <atomic>
#include <cstdlib>
#include <unistd.h>

namespace attune::test {

/// Makes databases on the PostgreSQL server of ATTUNE_TEST_POSTGRES_URL (scripts/test_servers.sh), each a copy of one
/// that was migrated once in this process, and gone with the test.
class PostgresServer {
public:
    PostgresServer() = default;
    PostgresServer(const PostgresServer&) = delete;
    PostgresServer& operator=(const PostgresServer&) = delete;
    ~PostgresServer() {
        if (!name_.empty()) (void)administrate("drop database if exists " + name_ + " with (force)");
    }

    std::string missing() const {
        return address() == nullptr ? "ATTUNE_TEST_POSTGRES_URL is not set (scripts/test_servers.sh run ctest)" : "";
    }
    Result<std::unique_ptr<Database>> open(postgres::Options options = {}) {
        CHECK(make());
        options.url = url();
        TRY(auto made, postgres::PostgresDatabase::open(options, kNow));
        return std::unique_ptr<Database>(std::move(made));
    }
    /// The database, made when it is first asked for.
    Result<void> make() {
        if (!name_.empty()) return {};
        CHECK(make_empty());
        return postgres::PostgresDatabase::migrate(url(), kNow);
    }
    /// Likewise, without tables.
    Result<void> make_empty() {
        const auto name = unique_name();
        CHECK(administrate(fmt::format("create database {} template template0", name)));
        name_ = name;
        return {};
    }
    std::string url() const { return url_of(name_); }
    const std::string& name() const { return name_; }

    /// One statement on the server's own database.
    static Result<void> administrate(const std::string& statement) {
        TRY(const auto connection, postgres::Connection::open({address(), Duration{0}, true}));
        return connection->control(statement.c_str());
    }

private:
    static const char* address() { return std::getenv("ATTUNE_TEST_POSTGRES_URL"); }
    static std::string unique_name() {
        static std::atomic<int> number = 0;
        return fmt::format("attune_test_{}_{}", ::getpid(), ++number);
    }
    static std::string url_of(const std::string& name) {
        std::string url = address();
        const auto query = std::min(url.find('?'), url.size());
        const auto slash = url.rfind('/', query);
        return url.replace(slash + 1, query - slash - 1, name);
    }
    std::string name_;
};

/// A test with a database of its own and one connection to it.
class PostgresTest : public testing::Test {
protected:
    void SetUp() override {
        if (const auto missing = server.missing(); !missing.empty()) GTEST_SKIP() << missing;
        ASSERT_TRUE(server.make());
        connection = *postgres::Connection::open({.url = server.url(), .statement_timeout = Duration{0}});
    }
    void run(const std::string& text) {
        const auto done = connection->run_text(text, {}, nullptr);
        ASSERT_TRUE(done) << done.error().text();
    }
    PostgresServer server;
    std::unique_ptr<postgres::Connection> connection;
};

} // namespace attune::test
