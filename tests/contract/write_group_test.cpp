#include "adapters/sqlite/connection.hpp"
#include "domain/execution.hpp"
#include "storage/driver/write_group.hpp"

#include "contract/records.hpp"
#include "storage/migrate.hpp"

#include <deque>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>

namespace attune::test {
namespace {

using testing::ElementsAre;

class WriteGroupTest : public testing::Test {
protected:
    /// A connection that has written before, and has a transaction open.
    static std::unique_ptr<sqlite::Connection> begun_connection() {
        auto out = *sqlite::Connection::open(":memory:", {});
        EXPECT_TRUE(migrate(*out, Timestamp{}));
        EXPECT_TRUE(out->begin());
        return out;
    }

    /// A unit that inserts `key`, then fails when told so.
    Database::Unit& unit(std::string key, bool fails = false) {
        return units.emplace_back([this, key, fails](Session& session) -> Result<void> {
            ++runs[key];
            const Placement row{PlacementId{static_cast<std::int64_t>(key[0])}, key, {}};
            CHECK(session.insert(Statements<Placement>::insert, row));
            if (fails) return Error{Errc::invalid, key};
            return {};
        });
    }
    Database::Unit& failing_at_once() {
        return units.emplace_back([](Session&) -> Result<void> { return Error{Errc::not_found, "nothing changed"}; });
    }
    std::vector<std::string> keys() {
        std::vector<std::string> out;
        const auto rows = connection->all<Placement>(Statements<Placement>::all);
        for (const auto& row : *rows) out.push_back(row.key);
        return out;
    }
    std::string outcomes() {
        std::string out;
        for (const auto& member : group.members()) out += member.outcome ? '+' : '-';
        return out;
    }

    std::unique_ptr<sqlite::Connection> connection = begun_connection();
    driver::WriteGroup group{*connection};
    std::deque<Database::Unit> units;
    std::map<std::string, int> runs;
};

TEST_F(WriteGroupTest, CommitsAllTogether) {
    group.add(unit("a"), false);
    group.add(unit("b"), true);
    group.commit();
    EXPECT_EQ(outcomes(), "++");
    EXPECT_THAT(keys(), ElementsAre("a", "b"));
    EXPECT_FALSE(connection->in_transaction());
}

TEST_F(WriteGroupTest, HasWrittenWhatItsOwnUnitsChanged) {
    group.commit();
    EXPECT_FALSE(group.has_written()); // although the connection has, before

    ASSERT_TRUE(connection->begin());
    driver::WriteGroup second(*connection);
    second.add(unit("a"), false);
    second.commit();
    EXPECT_TRUE(second.has_written());
}

TEST_F(WriteGroupTest, UndoesAUnitWithASavepointAlone) {
    group.add(unit("a"), false);
    group.add(unit("b", true), true);
    EXPECT_FALSE(group.has_failed());
    group.add(unit("c"), false);
    group.commit();
    EXPECT_EQ(outcomes(), "+-+");
    EXPECT_THAT(keys(), ElementsAre("a", "c"));
    EXPECT_EQ(runs["a"], 1);
}

TEST_F(WriteGroupTest, GoesOnAfterAFailureThatChangedNothing) {
    group.add(unit("a"), false);
    group.add(failing_at_once(), false);
    EXPECT_FALSE(group.has_failed());
    group.commit();
    EXPECT_EQ(outcomes(), "+-");
    EXPECT_THAT(keys(), ElementsAre("a"));
    EXPECT_EQ(runs["a"], 1);
}

TEST_F(WriteGroupTest, RunsTheGroupAgainWhenAUnitFailsHalfway) {
    group.add(unit("a"), false);
    group.add(unit("b", true), false);
    EXPECT_TRUE(group.has_failed());
    group.commit();
    EXPECT_EQ(outcomes(), "+-");
    EXPECT_THAT(keys(), ElementsAre("a"));
    EXPECT_EQ(runs["a"], 2);
    EXPECT_FALSE(connection->in_transaction());
}

TEST_F(WriteGroupTest, FailsEverythingWhenTheTransactionIsGone) {
    group.add(unit("a"), false);
    group.add(units.emplace_back([this](Session&) { return connection->control("rollback"); }), false);
    EXPECT_TRUE(group.has_failed());
    group.commit();
    EXPECT_EQ(outcomes(), "--");
    EXPECT_TRUE(keys().empty());
    EXPECT_FALSE(connection->in_transaction());
}

} // namespace
} // namespace attune::test
