// How the lists of the flow's history are read: every filter by an index, none by reading the table.
#include "contract/database_contract.hpp"
#include "contract/list_plans.hpp"

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

} // namespace
} // namespace attune::test
