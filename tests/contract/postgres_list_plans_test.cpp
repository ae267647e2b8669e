// The lists of the flow's history on PostgreSQL: no filter reads many rows for the few of a page.
// So with what a change of a calendar reads.
#include "contract/list_plans.hpp"
#include "contract/list_rows.hpp"
#include "contract/postgres_server.hpp"

namespace attune::test {
namespace {

using testing::ContainsRegex;
using testing::Not;

class PostgresListPlans : public PostgresTest {
protected:
    void SetUp() override {
        PostgresTest::SetUp();
        if (IsSkipped()) return;
        for (const auto& text : history()) run(text);
    }
    virtual std::vector<std::string> history() { return history_of_others(); }
    void fill(std::string_view columns, std::string_view values) { run(insert_rows(columns, values)); }
    /// How a page is read, with what each step found.
    std::string explain(const FilterPlan& one) {
        std::vector<SqlValue> values(one.filter.values().begin(), one.filter.values().end());
        values.push_back(SqlValue::integer(20));
        values.push_back(SqlValue::integer(0));
        // In a transaction, as the API reads: planned for these values.
        EXPECT_TRUE(connection->control("begin"));
        auto out = explain(one.filter.text(one.source.head, one.filter.newest_first()), values);
        EXPECT_TRUE(connection->control("rollback"));
        return out;
    }
    std::string explain(const std::string& text, std::span<const SqlValue> values) {
        std::string out;
        const Session::RowSink sink = [&](const Row& row) -> Result<void> {
            out += std::string(row.text(0)) + "\n";
            return {};
        };
        const auto done = connection->run_text("explain (analyze, timing off) " + text, values, &sink);
        EXPECT_TRUE(done) << done.error().text();
        return out;
    }
    /// Of every filter, with and without statistics.
    void expect_no_more_than_the_page() {
        for (const bool analyzed : {false, true}) {
            if (analyzed) ASSERT_TRUE(connection->control("analyze"));
            for (const auto& one : filter_plans()) {
                SCOPED_TRACE(fmt::format("{} by {}{}", one.source.table, one.name, analyzed ? ", analyzed" : ""));
                const auto plan = explain(one);
                EXPECT_THAT(plan, Not(ContainsRegex("Seq Scan on (event|enforcement|execution) ")));
                EXPECT_THAT(plan, Not(ContainsRegex("Cond: .*= \\$1"))) << "planned for no value";
                const std::string_view name = one.name;
                if (name == "result_contains") continue; // reads its window
                EXPECT_THAT(plan, Not(ContainsRegex("Rows Removed by Filter: [0-9][0-9][0-9]")));
                if (!name.starts_with("few")) EXPECT_THAT(plan, Not(testing::HasSubstr("Sort")));
            }
        }
    }
};

TEST_F(PostgresListPlans, ReadNoMoreThanThePageOfWhatIsRare) {
    expect_no_more_than_the_page();
}

class PostgresListPlansOfOldRows : public PostgresListPlans {
    std::vector<std::string> history() override { return history_of_old_ones(); }
};

TEST_F(PostgresListPlansOfOldRows, ReadNoMoreThanThePage) {
    expect_no_more_than_the_page();
}

/// What a change of a calendar reads: as little of a million definitions as name one.
class PostgresCalendarPlans : public PostgresListPlans {
protected:
    void SetUp() override {
        PostgresListPlans::SetUp();
        if (IsSkipped()) return;
        const auto params = [](const char* other) {
            return fmt::format(R"(case n % 1000 when 7 then '{{{0},"calendars":["a.b"]}}' else '{{{0}}}' end::json)",
                               other);
        };
        fill("calendar (id, ref, label, definition, generation, created, updated)",
             "n, 'a.' || n, 'C', '{\"dates\":[\"12-25\"]}', n, now(), now()");
        fill("rule (id, ref, pack_ref, label, action_ref, trigger_ref, conditions, action_params, trigger_params,"
             " enabled, is_adhoc, generation, created, updated)",
             "n, 'a.' || n, 'a', 'R', 'a.c', 'core.intervaltimer', '[]', '{}', " + params(R"("unit":"hours")") +
                 ", true, true, n, now(), now()");
        fill("trigger (id, ref, label, enabled, is_adhoc, param_schema, webhook_enabled, generation, created, updated)",
             "n, 'a.' || n, 'T', true, true, " + params(R"("type":"interval")") + ", false, n, now(), now()");
        fill("timer (id, rule, trigger_ref, config, armed, revision, anchor, cursor, fired, late, missed, skipped,"
             " generation, created, updated)",
             "n, n, 'core.intervaltimer', " + params(R"("type":"interval")") +
                 ", true, 1, now(), now(), 0, 0, 0, 0, n, now(), now()");
    }
    std::string plan_of(const std::string& name, std::span<const SqlValue> values) {
        const auto found = std::ranges::find(Query::all(), name, [](const Query* one) { return one->name(); });
        EXPECT_NE(found, Query::all().end()) << name;
        return explain(std::string((*found)->text()), values);
    }
};

TEST_F(PostgresCalendarPlans, ReadTheDefinitionsThatNameOneAndNoOthers) {
    const std::vector<SqlValue> latest{SqlValue::integer(19'990)};
    for (const bool analyzed : {false, true}) {
        if (analyzed) ASSERT_TRUE(connection->control("analyze"));
        for (const auto* name : {"timer.with_calendars", "rule.with_calendars", "trigger.with_calendars"}) {
            SCOPED_TRACE(fmt::format("{}{}", name, analyzed ? ", analyzed" : ""));
            const auto plan = plan_of(name, {});
            EXPECT_THAT(plan, Not(testing::HasSubstr("Seq Scan")));
            EXPECT_THAT(plan, ContainsRegex("(timer|rule|trigger)_calendars"));
        }
        for (const auto* name : {"calendar.changed", "calendar.removed"}) {
            SCOPED_TRACE(fmt::format("{}{}", name, analyzed ? ", analyzed" : ""));
            EXPECT_THAT(plan_of(name, latest), Not(testing::HasSubstr("Seq Scan")));
        }
    }
}

} // namespace
} // namespace attune::test
