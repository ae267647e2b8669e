// How a database comes from any older schema to this program's, on both kinds of database.
#include "contract/list_rows.hpp"
#include "contract/postgres_server.hpp"
#include "storage/migrate.hpp"

#include <algorithm>

namespace attune::test {
namespace {

using embedded::File;
using testing::ElementsAre;
using testing::HasSubstr;

class EmptySqliteFile {
public:
    std::string missing() const { return {}; }
    Result<std::unique_ptr<driver::TransactionSession>> open() {
        TRY(auto made, sqlite::Connection::open(directory_.file("attune.db"), {}));
        return std::unique_ptr<driver::TransactionSession>(std::move(made));
    }
    /// Checks on lists of words, one a row.
    static constexpr std::string_view kListChecks =
        "select name from sqlite_master where type = 'table' and sql like '% check (% in (%'";
    /// The indexes, and whether each is as its table needs it.
    static constexpr std::string_view kIndexes = "select name from sqlite_master where type = 'index' order by name";
    static constexpr std::string_view kDamage =
        "select integrity_check from pragma_integrity_check where integrity_check <> 'ok'"
        " union all select \"table\" from pragma_foreign_key_check";

private:
    TemporaryDirectory directory_;
};

class EmptyPostgresDatabase {
public:
    std::string missing() const { return server_.missing(); }
    Result<std::unique_ptr<driver::TransactionSession>> open() {
        const bool is_new = server_.name().empty();
        if (is_new) CHECK(server_.make_empty());
        TRY(auto made, postgres::Connection::open({.url = server_.url(), .statement_timeout = Duration{0}}));
        if (is_new) CHECK(made->control("create schema attune"));
        return std::unique_ptr<driver::TransactionSession>(std::move(made));
    }
    static constexpr std::string_view kListChecks =
        "select conrelid::regclass::text from pg_constraint where connamespace = 'attune'::regnamespace and"
        " contype = 'c' and pg_get_constraintdef(oid) ~ '(ARRAY|IN ?\\()'"
        " union all select typname::text from pg_type where typnamespace = 'attune'::regnamespace and typtype = 'e'";
    static constexpr std::string_view kIndexes =
        "select indexname from pg_indexes where schemaname = 'attune' order by indexname";
    static constexpr std::string_view kDamage = "select '' where false";

private:
    PostgresServer server_;
};

using Empty = testing::Types<EmptySqliteFile, EmptyPostgresDatabase>;

constexpr File kFirst{"8001_first.sql", "create table first (a bigint);\n"};
constexpr File kSecond{"8002_second.sql", "create table second (a bigint);\n"};
constexpr File kThird{"8003_third.sql", "create table third (a bigint);\n"};
constexpr File kFourth{"8004_fourth.sql", "create table fourth (a bigint);\n"};

template <class Factory>
class Migrations : public testing::Test {
protected:
    void SetUp() override {
        if (const auto missing = factory.missing(); !missing.empty()) GTEST_SKIP() << missing;
        auto made = factory.open();
        ASSERT_TRUE(made) << made.error().text();
        session = *std::move(made);
    }
    Result<void> migrate_to(const std::vector<File>& steps) {
        CHECK(session->begin());
        auto done = migrate(*session, kNow, steps);
        CHECK(session->control(done ? "commit" : "rollback"));
        return done;
    }
    /// The first column of every row.
    std::vector<std::string> rows(std::string_view text) {
        std::vector<std::string> out;
        const Session::RowSink sink = [&](const Row& row) -> Result<void> {
            out.emplace_back(row.text(0));
            return {};
        };
        const auto done = session->run_text(text, {}, &sink);
        EXPECT_TRUE(done) << done.error().text();
        return out;
    }
    std::vector<std::string> applied() { return rows("select name from schema_version order by version"); }
    Result<std::int64_t> run(const std::string& text) { return session->run_text(text, {}, nullptr); }

    Factory factory;
    std::unique_ptr<driver::TransactionSession> session;
};
TYPED_TEST_SUITE(Migrations, Empty);

TYPED_TEST(Migrations, ApplyAStepThatComesAfterLaterOnesWereApplied) {
    ASSERT_TRUE(this->migrate_to({kFirst, kThird}));

    const auto done = this->migrate_to({kFirst, kSecond, kThird});

    ASSERT_TRUE(done) << done.error().text();
    EXPECT_THAT(this->applied(), ElementsAre(kFirst.name, kSecond.name, kThird.name));
    EXPECT_TRUE(this->run("insert into second (a) values (1)"));
}

TYPED_TEST(Migrations, AreAppliedInTheOrderOfTheirNumbersAndOnce) {
    constexpr File more{"8002_more.sql", "alter table first add column b bigint;\n"};
    constexpr File last{"8010_last.sql", "update first set b = 2;\ndrop table third;\n"};
    ASSERT_TRUE(this->migrate_to({last, kThird, more, kFirst}));

    EXPECT_TRUE(this->migrate_to({kFirst, more, kThird, last}));

    EXPECT_THAT(this->applied(), ElementsAre(kFirst.name, more.name, kThird.name, last.name));
}

TYPED_TEST(Migrations, RefuseADatabaseWithAStepThatTheProgramDoesNotKnowAndLeaveItAlone) {
    ASSERT_TRUE(this->migrate_to({kFirst, kSecond}));

    const auto done = this->migrate_to({kFirst, kThird, kFourth});

    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Errc::conflict);
    EXPECT_THAT(done.error().message, HasSubstr("does not know: 8002 (8002_second.sql)"));
    EXPECT_THAT(this->applied(), ElementsAre(kFirst.name, kSecond.name));
}

TYPED_TEST(Migrations, NameWhatADatabaseLacksAndWhatTheProgramDoesNotKnow) {
    ASSERT_TRUE(this->migrate_to({kFirst, kThird}));

    const auto difference = compare_schema(*this->session, std::vector{kFirst, kSecond, kFourth});

    ASSERT_TRUE(difference) << difference.error().text();
    EXPECT_EQ(difference->missing, "8002 (8002_second.sql), 8004 (8004_fourth.sql)");
    EXPECT_EQ(difference->unknown, "8003 (8003_third.sql)");
    EXPECT_FALSE(difference->none());
    EXPECT_TRUE(compare_schema(*this->session, std::vector{kFirst, kThird})->none());
}

TYPED_TEST(Migrations, LeaveNoCheckOnAListOfWords) {
    const auto all = embedded::migration_files();
    ASSERT_TRUE(this->migrate_to({all.begin(), all.end()}));

    EXPECT_THAT(this->rows(TypeParam::kListChecks), ElementsAre())
        << "a list grows with the program; its words are checked when they are read (see 0016_lists_that_grow.sql)";
}

/// A database as it was before the checks on lists went, with a history and every table that had one.
template <class Factory>
class FilledOldDatabase : public Migrations<Factory> {
protected:
    void SetUp() override {
        Migrations<Factory>::SetUp();
        if (this->IsSkipped()) return;
        const auto all = embedded::migration_files();
        std::vector<File> old;
        std::ranges::copy_if(all, std::back_inserter(old), [](const File& one) { return one.name < "0016"; });
        ASSERT_LT(old.size(), all.size());
        ASSERT_TRUE(this->migrate_to(old));
        for (const auto& text : history_of_old_ones()) fill(text);
        fill(insert_rows("execution_output (execution, stream, position, content)", "n, 'stdout', 0, 'text ' || n"));
        fill(insert_rows("execution_secret_value (entity_type, entity_id, json_path, source_kind, source_ref,"
                         " encrypted_value, created)",
                         "'execution', n, '/config/a', 'rule', 'a.b', 'sealed ' || n, '2026-03-01T00:00:00.000000Z'"));
        fill("insert into action (ref, pack_ref, label, entrypoint, required_worker_runtimes, worker_selector,"
             " worker_tolerations, worker_affinity, parameter_delivery, parameter_format, output_format, is_adhoc,"
             " max_retries, accesses_mcp, default_execution_permission_set_refs, generation, created, updated) values"
             " ('a.b', 'a', 'A', 'a.sh', '[]', '{}', '[]', '{}', 'stdin', 'json', 'text', true, 0, false, '[]', 1,"
             " '2026-03-01T00:00:00.000000Z', '2026-03-01T00:00:00.000000Z')");
    }
    void fill(const std::string& text) {
        const auto done = this->run(text);
        ASSERT_TRUE(done) << done.error().text();
    }
    Result<void> bring_up_to_date() {
        const auto all = embedded::migration_files();
        return this->migrate_to({all.begin(), all.end()});
    }
    /// What each table with a check held, in a line.
    std::vector<std::string> contents() {
        std::vector<std::string> out;
        for (const auto* text :
             {"select count(*) || ' ' || sum(id) || ' ' || min(status) || ' ' || max(rule_ref) from enforcement",
              "select count(*) || ' ' || sum(id) || ' ' || min(status) || ' ' || max(rule_ref) from execution",
              "select count(*) || ' ' || sum(execution) || ' ' || max(content) from execution_output",
              "select count(*) || ' ' || sum(entity_id) || ' ' || max(encrypted_value) from execution_secret_value",
              "select ref || ' ' || parameter_delivery || ' ' || parameter_format || ' ' || output_format from action"})
            out.push_back(this->rows(text).at(0));
        return out;
    }
};
TYPED_TEST_SUITE(FilledOldDatabase, Empty);

TYPED_TEST(FilledOldDatabase, RefusesANewWordBeforeItIsBroughtUpToDate) {
    EXPECT_FALSE(this->run("update execution set status = 'paused' where id = 1"));
    EXPECT_NE(this->rows(TypeParam::kListChecks).size(), 0U);
}

TYPED_TEST(FilledOldDatabase, KeepsItsRowsAndIndexesAndTakesNewWordsAfterwards) {
    const auto contents = this->contents();
    const auto indexes = this->rows(TypeParam::kIndexes);

    const auto done = this->bring_up_to_date();

    ASSERT_TRUE(done) << done.error().text();
    EXPECT_EQ(this->contents(), contents);
    EXPECT_THAT(this->rows(TypeParam::kIndexes), testing::IsSupersetOf(indexes));
    EXPECT_THAT(this->rows(TypeParam::kDamage), ElementsAre());
    for (const auto* text :
         {"update execution set status = 'paused' where id = 1", "update enforcement set status = 'new' where id = 1",
          "update enforcement set condition = 'most'", "update execution_output set stream = 'log' where execution = 1",
          "update execution_secret_value set entity_type = 'key', source_kind = 'key' where entity_id = 1",
          "update action set parameter_delivery = 'new', parameter_format = 'new', output_format = 'new'"}) {
        const auto changed = this->run(text);
        EXPECT_TRUE(changed) << changed.error().text();
    }
}

TYPED_TEST(FilledOldDatabase, KeepsTheChecksThatAreNotOnLists) {
    ASSERT_TRUE(this->bring_up_to_date());

    const auto done = this->run("insert into instance (id, uuid, generation, created) values (2, 'x', 1,"
                                " '2026-03-01T00:00:00.000000Z')");

    EXPECT_FALSE(done);
}

TYPED_TEST(FilledOldDatabase, IsTheSameToAConnectionThatComesLater) {
    ASSERT_TRUE(this->bring_up_to_date());
    ASSERT_TRUE(this->run("update execution set status = 'paused' where id = 1"));

    auto other = this->factory.open();

    ASSERT_TRUE(other) << other.error().text();
    EXPECT_TRUE((*other)->run_text("update execution set status = 'resting' where status = 'paused'", {}, nullptr));
}

} // namespace
} // namespace attune::test
