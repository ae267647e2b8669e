#include "contract/database_contract.hpp"
#include "contract/records.hpp"
#include "domain/execution.hpp"

#include <csignal>
#include <sys/resource.h>

namespace attune::test {
namespace {

using testing::HasSubstr;

class SqliteFileTest : public DatabaseTest<SqliteFile> {
protected:
    /// Two rows in one unit: a consistent copy has an even number of them.
    static Result<bool> insert_pair(Session& session, std::int64_t id, std::size_t size = 0) {
        for (const auto one : {id, id + 1}) {
            const Placement row{PlacementId{one}, std::to_string(one) + std::string(size, 'x'), {}};
            CHECK(session.insert(Statements<Placement>::insert, row));
        }
        return true;
    }
    Result<bool> write_pair(std::int64_t id, std::size_t size = 0) {
        return write([&](Session& session) { return insert_pair(session, id, size); });
    }
    /// A setting of the writing connection.
    void set(const std::string& pragma) {
        const auto done = write([&](Session& session) -> Result<bool> {
            CHECK(session.run_text("pragma " + pragma, {}, nullptr));
            return true;
        });
        ASSERT_TRUE(done) << done.error().text();
    }
    std::size_t rows() {
        return read([](Session& session) { return session.all<Placement>(Statements<Placement>::all); })->size();
    }
    void expect_recovered() {
        const auto done = write_pair(1001);
        EXPECT_TRUE(done) << done.error().text();
        EXPECT_EQ(db->trouble(), std::nullopt);
        EXPECT_EQ(rows(), 4U);
    }
};

TEST_F(SqliteFileTest, RefusesASecondServerOnTheSameFile) {
    const auto second = factory.open();
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Errc::conflict);
    EXPECT_THAT(second.error().message, HasSubstr("another Attune server"));
}

TEST_F(SqliteFileTest, RefusesASecondServerThroughALink) {
    const auto link = factory.directory().file("link.db");
    std::filesystem::create_symlink(factory.path(), link);
    const auto second = sqlite::SqliteDatabase::open({.path = link}, kNow);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Errc::conflict);
}

TEST_F(SqliteFileTest, RefusesTheSchemaOfANewerVersionAndLeavesItAlone) {
    ASSERT_TRUE(write([](Session& session) -> Result<bool> {
        CHECK(session.run_text("insert into schema_version (version, name, applied) values (9999, 'later', 'x')", {},
                               nullptr));
        return true;
    }));
    db.reset();
    const auto opened = factory.open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Errc::conflict);
    EXPECT_THAT(opened.error().message, HasSubstr("9999"));

    auto raw = sqlite::Connection::open(factory.path(), {});
    ASSERT_TRUE((*raw)->control("delete from schema_version where version = 9999"));
    raw->reset();
    reopen();
}

TEST_F(SqliteFileTest, KeepsTheFileToItsOwner) {
    const auto mode = std::filesystem::status(factory.path()).permissions();
    EXPECT_EQ(mode & (std::filesystem::perms::group_all | std::filesystem::perms::others_all),
              std::filesystem::perms::none);
}

TEST_F(SqliteFileTest, BacksUpAConsistentCopyWhileItIsWritten) {
    ASSERT_TRUE(write_pair(1));
    std::atomic<bool> stop = false;
    std::thread writer([&] {
        for (std::int64_t id = 3; !stop && id < 20'000; id += 2) (void)write_pair(id, 100);
    });
    const auto copy = factory.directory().file("copy.db");
    const auto done = sqlite::SqliteDatabase::backup(factory.path(), copy);
    stop = true;
    writer.join();
    ASSERT_TRUE(done) << done.error().text();

    auto opened = sqlite::SqliteDatabase::open({.path = copy}, kNow);
    ASSERT_TRUE(opened) << opened.error().text();
    db = *std::move(opened);
    EXPECT_GE(rows(), 2U);
    EXPECT_EQ(rows() % 2, 0U);
}

TEST_F(SqliteFileTest, NeverOverwritesWithABackup) {
    const auto again = sqlite::SqliteDatabase::backup(factory.path(), factory.path());
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, Errc::conflict);
    const auto absent = sqlite::SqliteDatabase::backup(factory.directory().file("absent"), factory.path() + "2");
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error().code, Errc::not_found);
}

TEST_F(SqliteFileTest, SaysThatTheDiskIsFullAndRecovers) {
    ASSERT_TRUE(write_pair(1));
    set("max_page_count = 100");
    const auto failed = write_pair(3, 1'000'000);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Errc::unavailable);
    EXPECT_THAT(db->trouble().value_or(""), HasSubstr("the disk is full"));
    EXPECT_EQ(rows(), 2U);

    ASSERT_TRUE(write([](Session&) -> Result<bool> { return true; }));
    EXPECT_NE(db->trouble(), std::nullopt) << "a write that changes nothing proves nothing";

    set("max_page_count = 1000000");
    expect_recovered();
}

/// Files may not grow beyond this, for as long as it lives.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes) : signal_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit now{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &now);
    }
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, signal_);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

private:
    void (*signal_)(int);
    rlimit before_{};
};

TEST_F(SqliteFileTest, FailsACommitThatCannotBeWrittenAndRecovers) {
    ASSERT_TRUE(write_pair(1));
    {
        const FileSizeLimit limit(std::filesystem::file_size(factory.path() + "-wal") + 10'000);
        const auto failed = write_pair(3, 1'000'000);
        ASSERT_FALSE(failed);
        EXPECT_EQ(failed.error().code, Errc::unavailable) << failed.error().text();
        EXPECT_NE(db->trouble(), std::nullopt);
        EXPECT_EQ(rows(), 2U);
    }
    expect_recovered();
}

} // namespace
} // namespace attune::test
