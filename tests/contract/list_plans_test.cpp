// How the lists of the flow's history are read: every filter by an index, none by reading the table.
#include "contract/database_contract.hpp"
#include "contract/list_plans.hpp"
#include "contract/list_rows.hpp"

#include <sqlite3.h>

namespace attune::test {
namespace {

class ListPlans : public testing::TestWithParam<FilterPlan> {
protected:
    void SetUp() override {
        { ASSERT_TRUE(sqlite::SqliteDatabase::open({.path = directory.file("a.db")}, kNow)); }
        connection = *sqlite::Connection::open(directory.file("a.db"), {.read_only = true});
    }
    std::string explain(const std::string& text) {
        std::vector<SqlValue> values(GetParam().filter.values().begin(), GetParam().filter.values().end());
        values.push_back(SqlValue::integer(20));
        values.push_back(SqlValue::integer(0));
        std::string out;
        const Session::RowSink sink = [&](const Row& row) -> Result<void> {
            out += std::string(row.text(3)) + "\n";
            return {};
        };
        const auto done = connection->run_text("explain query plan " + text, values, &sink);
        EXPECT_TRUE(done) << done.error().text();
        return out;
    }
    TemporaryDirectory directory;
    std::unique_ptr<sqlite::Connection> connection;
};

TEST_P(ListPlans, ReadByTheirIndexInTheOrderOfThePage) {
    const auto& one = GetParam();

    const auto plan = explain(one.filter.text(one.source.head, one.filter.newest_first()));

    EXPECT_THAT(plan, testing::HasSubstr(one.index));
    EXPECT_THAT(plan, testing::Not(testing::HasSubstr("SCAN")));
    // Few rows may be sorted; a long list must not be.
    if (!std::string_view(one.name).starts_with("few")) {
        EXPECT_THAT(plan, testing::Not(testing::HasSubstr("USE TEMP B-TREE")));
    }
}

TEST_P(ListPlans, CountByTheirIndex) {
    const auto& one = GetParam();

    const auto plan =
        explain(fmt::format("select count(*) from {}{} limit ${} offset ${}", one.source.table, one.filter.where(),
                            one.filter.values().size() + 1, one.filter.values().size() + 2));

    EXPECT_THAT(plan, testing::Not(testing::HasSubstr("SCAN")));
}

std::string name_of(const testing::TestParamInfo<FilterPlan>& info) {
    return fmt::format("{}_{}", info.param.source.table, info.param.name);
}

INSTANTIATE_TEST_SUITE_P(Filters, ListPlans, testing::ValuesIn(filter_plans()), name_of);
INSTANTIATE_TEST_SUITE_P(AuditLog, ListPlans, testing::ValuesIn(audit_plans()), name_of);

/// How much is done for a page of a long history.
class ListSteps : public testing::TestWithParam<std::vector<std::string> (*)()> {
protected:
    void SetUp() override {
        const auto file = directory.file("a.db");
        { ASSERT_TRUE(sqlite::SqliteDatabase::open({.path = file}, kNow)); }
        const auto connection = *sqlite::Connection::open(file, {});
        for (const auto& text : GetParam()()) ASSERT_TRUE(connection->run_text(text, {}, nullptr));
        ASSERT_EQ(sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READWRITE, nullptr), SQLITE_OK);
    }
    ~ListSteps() override { sqlite3_close(database); }

    /// Instructions that SQLite runs for the first page.
    int steps(const FilterPlan& one) {
        const auto text = sqlite::expand_tokens(one.filter.text(one.source.head, one.filter.newest_first()));
        sqlite3_stmt* statement = nullptr;
        EXPECT_EQ(sqlite3_prepare_v2(database, text.c_str(), -1, &statement, nullptr), SQLITE_OK) << text;
        for (int i = 1; i <= sqlite3_bind_parameter_count(statement); ++i) bind(statement, i, one);
        while (sqlite3_step(statement) == SQLITE_ROW) {}
        const int out = sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 0);
        EXPECT_EQ(sqlite3_finalize(statement), SQLITE_OK);
        return out;
    }

private:
    /// Parameters are named $1, $2, … and stand in the order of their first use.
    static void bind(sqlite3_stmt* statement, int position, const FilterPlan& one) {
        const auto values = one.filter.values();
        const auto number = static_cast<std::size_t>(std::atoi(sqlite3_bind_parameter_name(statement, position) + 1));
        if (number > values.size()) {
            sqlite3_bind_int64(statement, position, number == values.size() + 1 ? 20 : 0); // limit and offset
        } else if (values[number - 1].kind() == SqlValue::Kind::text) {
            const auto text = values[number - 1].as_text();
            sqlite3_bind_text(statement, position, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
        } else {
            sqlite3_bind_int64(statement, position, values[number - 1].as_integer());
        }
    }
    TemporaryDirectory directory;
    sqlite3* database = nullptr;
};

TEST_P(ListSteps, AreThoseOfThePageWhateverTheFilter) {
    for (const auto& one : filter_plans()) {
        if (std::string_view(one.name) == "result_contains") continue; // reads its window
        EXPECT_LT(steps(one), 5000) << one.source.table << " by " << one.name;
    }
}

INSTANTIATE_TEST_SUITE_P(Histories, ListSteps, testing::Values(&history_of_others, &history_of_old_ones));

} // namespace
} // namespace attune::test
