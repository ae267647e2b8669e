#include "contract/postgres_server.hpp"
#include "contract/records.hpp"
#include "domain/execution.hpp"
#include "storage/migrate.hpp"

#include <latch>

namespace attune::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class PostgresServerTest : public DatabaseTest<PostgresServer> {
protected:
    static Placement placement(std::int64_t id, std::string key) { return {PlacementId{id}, std::move(key), {}}; }
    static Result<bool> insert(Session& session, std::int64_t id, std::string key) {
        CHECK(session.insert(Statements<Placement>::insert, placement(id, std::move(key))));
        return true;
    }
    Result<bool> write_one(std::int64_t id) {
        return write([&](Session& session) { return insert(session, id, std::to_string(id)); });
    }
    std::size_t rows() {
        return read([](Session& session) { return session.all<Placement>(Statements<Placement>::all); })->size();
    }
    /// A connection of the test's own.
    std::unique_ptr<postgres::Connection> connect() {
        auto made = postgres::Connection::open({factory.url(), Duration{0}, true});
        EXPECT_TRUE(made) << made.error().text();
        return *std::move(made);
    }
    void run(const std::string& statement) {
        const auto done = connect()->control(statement.c_str());
        ASSERT_TRUE(done) << done.error().text();
    }
    void end_all_connections() {
        run("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> "
            "pg_backend_pid()");
    }
};

TEST_F(PostgresServerTest, EveryRegisteredQueryIsUnderstood) {
    const auto connection = connect();
    EXPECT_GT(Query::all().size(), 50U);
    for (const auto* query : Query::all()) {
        const auto prepared = connection->prepare_only(*query);
        EXPECT_TRUE(prepared) << query->name() << ": " << prepared.error().text();
    }
}

TEST_F(PostgresServerTest, ReplacesWhatTheDatabaseKeepsInNoText) {
    ASSERT_TRUE(write([](Session& session) { return insert(session, 1, std::string("a\0b", 3)); }));
    const auto all = read([](Session& session) { return session.all<Placement>(Statements<Placement>::all); });
    EXPECT_EQ(all->front().key, "a\uFFFDb");
}

TEST_F(PostgresServerTest, MigratesOnceWhenSeveralProcessesStartTogether) {
    ASSERT_TRUE(PostgresServer::administrate("create database " + factory.name() + "_race"));
    auto url = factory.url();
    url.insert(url.find(factory.name()) + factory.name().size(), "_race");
    std::vector<Result<void>> outcomes(4);
    std::vector<std::thread> threads;
    std::latch together(4);
    for (auto& outcome : outcomes) {
        threads.emplace_back([&] {
            together.arrive_and_wait();
            outcome = postgres::PostgresDatabase::migrate(url, kNow);
        });
    }
    for (auto& thread : threads) thread.join();
    for (auto& outcome : outcomes) EXPECT_TRUE(outcome) << outcome.error().text();
    EXPECT_TRUE(PostgresServer::administrate("drop database " + factory.name() + "_race with (force)"));
}

TEST_F(PostgresServerTest, RefusesTheSchemaOfANewerVersion) {
    run("insert into schema_version (version, name, applied) values (9999, 'later', '2026-01-01')");
    db.reset();
    const auto opened = factory.open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Errc::conflict);
    EXPECT_THAT(opened.error().message, HasSubstr("9999"));
}

/// A role that may connect, and use what it is granted; gone with the test.
class Role {
public:
    explicit Role(std::string name) : name_(std::move(name)) {
        EXPECT_TRUE(PostgresServer::administrate("create role " + name_ + " login"));
    }
    Role(const Role&) = delete;
    Role& operator=(const Role&) = delete;
    ~Role() { EXPECT_TRUE(PostgresServer::administrate("drop role " + name_)); }
    std::string url(std::string url) const { return url.replace(url.find("attune@"), 6, name_); }

private:
    std::string name_;
};

TEST_F(PostgresServerTest, UsesACurrentSchemaWithoutTheRightToChangeIt) {
    const Role role(factory.name() + "_user");
    const auto name = factory.name() + "_user";
    run("grant usage on schema attune to " + name +
        "; grant select, insert, update, delete on all tables in schema attune to " + name);
    db.reset();
    const auto opened = postgres::PostgresDatabase::open({.url = role.url(factory.url())}, kNow);
    ASSERT_TRUE(opened) << opened.error().text();
    const auto done = (*opened)->write_blocking([](Session& session) { return insert(session, 1, "a"); });
    EXPECT_TRUE(done) << done.error().text();
    run("drop owned by " + name);
}

TEST_F(PostgresServerTest, SaysWhatToDoWhenTheRoleMayNotMakeTheSchema) {
    run("drop schema attune cascade");
    const Role role(factory.name() + "_user");
    const auto done = postgres::PostgresDatabase::migrate(role.url(factory.url()), kNow);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Errc::forbidden);
    EXPECT_THAT(done.error().message, HasSubstr("create schema attune authorization"));
}

TEST_F(PostgresServerTest, NeverShowsThePassword) {
    const auto done = postgres::PostgresDatabase::migrate("postgresql://me:hunter2@127.0.0.1:1/attune", kNow);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Errc::unavailable);
    EXPECT_THAT(done.error().message, Not(HasSubstr("hunter2")));
}

TEST_F(PostgresServerTest, ConnectsAgainWhenItsIdleConnectionsWereLost) {
    ASSERT_TRUE(write_one(1));
    EXPECT_EQ(rows(), 1U);
    end_all_connections();
    EXPECT_EQ(rows(), 1U);
    const auto done = write_one(2);
    EXPECT_TRUE(done) << done.error().text();
    EXPECT_EQ(rows(), 2U);
    EXPECT_EQ(db->trouble(), std::nullopt);
}

TEST_F(PostgresServerTest, AnswersAtOnceWhileTheServerRefusesAndRecovers) {
    ASSERT_TRUE(write_one(1));
    ASSERT_TRUE(PostgresServer::administrate("alter database " + factory.name() + " allow_connections false"));
    ASSERT_TRUE(PostgresServer::administrate(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + factory.name() + "'"));
    const auto refused = write_one(2);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::unavailable);
    EXPECT_NE(db->trouble(), std::nullopt);

    ASSERT_TRUE(PostgresServer::administrate("alter database " + factory.name() + " allow_connections true"));
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    auto done = write_one(2);
    while (!done && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(20ms);
        done = write_one(2);
    }
    EXPECT_TRUE(done) << done.error().text();
    EXPECT_EQ(db->trouble(), std::nullopt);
    EXPECT_EQ(rows(), 2U);
}

TEST_F(PostgresServerTest, NeverRunsAgainWhatACommitWithoutAnAnswerMayHaveDone) {
    // The connection dies inside COMMIT, after the statements and before the answer.
    run("create function die() returns trigger language plpgsql as $$ begin perform "
        "pg_terminate_backend(pg_backend_pid()); return null; end $$;"
        "create constraint trigger die after insert on placement deferrable initially deferred for each row execute "
        "function die()");
    std::atomic<int> runs = 0;
    const auto failed = write([&](Session& session) {
        ++runs;
        return insert(session, 1, "a");
    });
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Errc::unavailable);
    EXPECT_THAT(failed.error().message, HasSubstr("whether it happened is not known"));
    EXPECT_EQ(runs, 1);
    run("drop trigger die on placement");
    const auto done = write_one(1);
    EXPECT_TRUE(done) << done.error().text();
}

TEST_F(PostgresServerTest, RunsAgainWhatADeadlockEnded) {
    ASSERT_TRUE(write_one(1));
    ASSERT_TRUE(write_one(2));
    const auto touch = [](Session& session, int id) {
        return session.run_text(fmt::format("update placement set key = key || 'x' where id = {}", id), {}, nullptr);
    };
    std::latch both_hold_one(2);
    std::atomic<int> runs = 0;
    const auto cross = [&](int first, int second) {
        return db->write_blocking([&](Session& session) -> Result<bool> {
            CHECK(touch(session, first));
            if (++runs <= 2) both_hold_one.arrive_and_wait();
            CHECK(touch(session, second));
            return true;
        });
    };
    Result<bool> other = false;
    std::thread thread([&] { other = cross(2, 1); });
    const auto mine = cross(1, 2);
    thread.join();
    EXPECT_TRUE(mine) << mine.error().text();
    EXPECT_TRUE(other) << other.error().text();
    EXPECT_GT(runs, 2);
    const auto all = read([](Session& session) { return session.all<Placement>(Statements<Placement>::all); });
    EXPECT_EQ(all->at(0).key, "1xx");
    EXPECT_EQ(all->at(1).key, "2xx");
}

TEST_F(PostgresServerTest, EndsAStatementThatTakesTooLong) {
    db = *factory.open({.statement_timeout = 100ms});
    const auto failed = write([](Session& session) { return session.run_text("select pg_sleep(10)", {}, nullptr); });
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Errc::unavailable) << failed.error().text();
    EXPECT_TRUE(write_one(1));
}

TEST_F(PostgresServerTest, AProcessThatStandsStillInATransactionSoonHoldsNothing) {
    const auto still = postgres::Connection::open({.url = factory.url(), .silence_limit = 200ms});
    ASSERT_TRUE(still) << still.error().text();
    ASSERT_TRUE((*still)->begin());
    ASSERT_TRUE(insert(**still, 1, "1"));

    EXPECT_TRUE(write_one(1)); // waits for that transaction

    EXPECT_FALSE((*still)->control("commit"));
    EXPECT_EQ(rows(), 1U);
}

TEST_F(PostgresServerTest, WaitsForTheDiskUnlessNoWriteOfTheCommitHasTo) {
    run("create table commits (setting text);"
        "create function note() returns trigger language plpgsql as $$ begin "
        "insert into attune.commits values (current_setting('synchronous_commit')); return null; end $$;"
        "create constraint trigger note after insert on placement deferrable initially deferred for each row execute "
        "function note()");
    const auto write_row = [&](std::int64_t id, bool durable) {
        return await_on_loop([&] {
            return db->write([&, id](Session& session) { return insert(session, id, std::to_string(id)); },
                             Database::WriteOptions{.durable = durable});
        });
    };

    ASSERT_TRUE(write_row(1, false));
    ASSERT_TRUE(write_row(2, true));

    std::vector<std::string> settings;
    const Session::RowSink sink = [&](const Row& row) -> Result<void> {
        settings.emplace_back(row.text(0));
        return {};
    };
    ASSERT_TRUE(connect()->run_text("select setting from commits", {}, &sink));
    EXPECT_THAT(settings, testing::ElementsAre("off", "on"));
}

TEST_F(PostgresServerTest, CountsWhatItIsAsked) {
    auto& server = dynamic_cast<postgres::PostgresDatabase&>(*db);
    ASSERT_TRUE(write_one(1));
    const auto before = server.traffic();
    ASSERT_TRUE(write_one(2));
    EXPECT_EQ(rows(), 2U);

    const auto after = server.traffic();

    EXPECT_EQ(after.commits - before.commits, 1);
    EXPECT_EQ(after.writes - before.writes, 1);
    EXPECT_EQ(after.statements - before.statements, 2); // an insert and a select
    EXPECT_GE(after.round_trips - before.round_trips, 4);
}

TEST_F(PostgresServerTest, FailsAUnitThatSwallowsTheFailureOfAStatement) {
    const auto swallowed = write([](Session& session) -> Result<bool> {
        (void)insert(session, 1, "a");
        (void)insert(session, 1, "a");
        return true;
    });
    EXPECT_FALSE(swallowed);
    EXPECT_EQ(rows(), 0U);
}

TEST_F(PostgresServerTest, UpdatesManyRowsWithOneStatementAndTellsWhichChanged) {
    static const Query rename{"contract.rename", "update placement set key = $2 where id = $1 and key = $3"};
    for (const int id : {1, 2, 3, 4}) ASSERT_TRUE(write_one(id));
    // Row 1 is not there, row 3 has another key than is asked for.
    const std::vector<std::array<std::string, 3>> changes{
        {"4", "d", "4"}, {"9", "x", "9"}, {"2", "b{\"\\,}", "2"}, {"3", "c", "another"}};
    const auto changed = write([&](Session& session) {
        return session.run_many(rename, changes.size(), [&](std::size_t i, std::vector<SqlValue>& values) {
            values.push_back(SqlValue::integer(std::stoll(changes[i][0])));
            values.push_back(SqlValue::text(changes[i][1]));
            values.push_back(SqlValue::text(changes[i][2]));
        });
    });
    ASSERT_TRUE(changed) << changed.error().text();
    EXPECT_THAT(*changed, testing::ElementsAre(0U, 2U));
    const auto all = read([](Session& session) { return session.all<Placement>(Statements<Placement>::all); });
    EXPECT_EQ(all->at(1).key, "b{\"\\,}");
}

} // namespace
} // namespace attune::test
