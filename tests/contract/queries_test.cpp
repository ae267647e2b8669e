#include "app/golden_for_test.hpp"
#include "contract/database_contract.hpp"

namespace attune::test {
namespace {

class SqliteQueries : public testing::Test {
protected:
    void SetUp() override {
        const TemporaryDirectory directory;
        { ASSERT_TRUE(sqlite::SqliteDatabase::open({.path = directory.file("a.db")}, kNow)); }
        connection = *sqlite::Connection::open(directory.file("a.db"), {.read_only = true});
    }
    /// One column of what a text gives, a line each.
    std::string lines(const std::string& text, int column, std::string_view between = "\n") {
        const std::vector<SqlValue> nulls(64);
        std::string out;
        const Session::RowSink sink = [&](const Row& row) -> Result<void> {
            out += std::string(row.text(column)) + std::string(between);
            return {};
        };
        const auto done = connection->run_text(text, nulls, &sink);
        EXPECT_TRUE(done) << done.error().text();
        return out;
    }
    std::unique_ptr<sqlite::Connection> connection;
};

TEST_F(SqliteQueries, EveryRegisteredQueryIsUnderstood) {
    EXPECT_GT(Query::all().size(), 50U);
    for (const auto* query : Query::all()) {
        const auto prepared = connection->prepare_only(*query);
        EXPECT_TRUE(prepared) << query->name() << ": " << prepared.error().text();
    }
}

TEST_F(SqliteQueries, EveryNameIsUsedOnce) {
    std::map<std::string, int> count;
    for (const auto* query : Query::all()) EXPECT_EQ(++count[query->name()], 1) << query->name();
}

TEST_F(SqliteQueries, TheSchemaIsTheOneThatIsKept) {
    auto schema = lines("select sql from sqlite_master where sql is not null and name not like 'sqlite_%'"
                        " order by tbl_name, type desc, name",
                        0, ";\n\n");
    schema.pop_back(); // one line break ends the file
    app::expect_golden("tests/golden/schema.sqlite.sql", schema);
}

struct HotQuery {
    const char* name;
    const char* index;
};
void PrintTo(const HotQuery& one, std::ostream* out) {
    *out << one.name;
}

class HotQueries : public SqliteQueries, public testing::WithParamInterface<HotQuery> {};

TEST_P(HotQueries, UseTheirIndex) {
    const auto at = std::ranges::find(Query::all(), GetParam().name, [](const Query* q) { return q->name(); });
    ASSERT_NE(at, Query::all().end());
    const auto plan = lines("explain query plan " + (*at)->text(), 3);
    EXPECT_THAT(plan, testing::HasSubstr(GetParam().index));
    EXPECT_THAT(plan, testing::Not(testing::ContainsRegex("SCAN (event|execution|timer)\n")));
}

INSTANTIATE_TEST_SUITE_P(
    Plans, HotQueries,
    testing::Values(
        HotQuery{"execution.claimable", "execution_claimable"}, HotQuery{"event.undecided", "event_undecided"},
        HotQuery{"live.open_events", "event_undecided"}, HotQuery{"live.open_executions", "execution_unfinished"},
        HotQuery{"live.events", "(id=?)"}, HotQuery{"live.states_of_executions", "(id=?)"},
        HotQuery{"live.executions", "(id=?)"}, HotQuery{"live.enforcements", "enforcement_event"},
        HotQuery{"event.undecided_of_stripe", "event_undecided"}, HotQuery{"execution.claim", "execution_claimable"},
        HotQuery{"execution.complete_without_process", "execution_claimable"},
        HotQuery{"execution.due", "execution_requested"}, HotQuery{"execution.next_due", "execution_requested"},
        HotQuery{"execution.held_by", "execution_held"}, HotQuery{"execution.cancelling_of", "execution_held"},
        HotQuery{"execution.count_by_status", "execution_unfinished"},
        HotQuery{"execution.count_unfinished", "execution_unfinished"},
        HotQuery{"event.count_undecided", "event_undecided"}, HotQuery{"definition.changed_since", "rule_generation"},
        HotQuery{"definition.changed_since", "trigger_generation"},
        HotQuery{"definition.changed_since", "action_generation"},
        HotQuery{"execution.count_by_status_of", "execution_unfinished"},
        HotQuery{"execution.oldest_waiting", "execution_unfinished"},
        HotQuery{"execution.open_runs", "execution_overlap"}, HotQuery{"execution.releasable", "execution_waiting"},
        HotQuery{"timer.next_resume", "timer_resume"}, HotQuery{"timer.armed_sum", "timer_armed"},
        HotQuery{"timer.count_unarmed", "timer_trouble"}, HotQuery{"timer.changed", "timer_generation"},
        HotQuery{"timer.with_calendars", "timer_calendars"}, HotQuery{"rule.with_calendars", "rule_calendars"},
        HotQuery{"trigger.with_calendars", "trigger_calendars"}, HotQuery{"calendar.changed", "calendar_generation"}));

} // namespace
} // namespace attune::test
