// How the lists of the flow's history are read: every filter by an index, none by reading the table.
#include "api/routes/enforcements.hpp"
#include "api/routes/events.hpp"
#include "api/routes/executions.hpp"
#include "contract/database_contract.hpp"

namespace attune::test {
namespace {

struct FilterPlan {
    const char* name;
    ListFilter filter;
    api::ListSource source;
    const char* index;
};
void PrintTo(const FilterPlan& one, std::ostream* out) {
    *out << one.name;
}

template <class Query, class Fill>
FilterPlan plan(const char* name, api::ListSource source, const char* index, Fill fill) {
    Query query;
    fill(query);
    return {name, api::filter_of(query), source, index};
}
template <class Fill>
FilterPlan events(const char* name, const char* index, Fill fill) {
    return plan<api::EventQuery>(name, api::kEventList, index, fill);
}
template <class Fill>
FilterPlan enforcements(const char* name, const char* index, Fill fill) {
    return plan<api::EnforcementQuery>(name, api::kEnforcementList, index, fill);
}
template <class Fill>
FilterPlan executions(const char* name, const char* index, Fill fill) {
    return plan<api::ExecutionQuery>(name, api::kExecutionList, index, fill);
}

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

    const auto plan = explain(one.filter.text(one.source.head, " order by id desc"));

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
    return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Events, ListPlans,
                         testing::Values(events("trigger", "event_trigger", [](auto& q) { q.trigger = 1; }),
                                         events("trigger_ref", "event_trigger", [](auto& q) { q.trigger_ref = "a.b"; }),
                                         events("rule_ref", "event_rule", [](auto& q) { q.rule_ref = "a.b"; }),
                                         events("source", "event_source", [](auto& q) { q.source = 1; }),
                                         events("rule_ref_of_trigger_ref", "event_rule",
                                                [](auto& q) {
                                                    q.trigger_ref = "a.b";
                                                    q.rule_ref = "a.c";
                                                })),
                         name_of);

INSTANTIATE_TEST_SUITE_P(
    Enforcements, ListPlans,
    testing::Values(enforcements("rule", "enforcement_rule", [](auto& q) { q.rule = 1; }),
                    enforcements("event", "enforcement_event", [](auto& q) { q.event = 1; }),
                    enforcements("trigger_ref", "enforcement_trigger", [](auto& q) { q.trigger_ref = "a.b"; }),
                    enforcements("rule_ref", "enforcement_rule", [](auto& q) { q.rule_ref = "a.b"; }),
                    enforcements("status", "enforcement_status",
                                 [](auto& q) { q.status = EnforcementStatus::processed; }),
                    enforcements("rule_ref_and_status", "enforcement_rule",
                                 [](auto& q) {
                                     q.rule_ref = "a.b";
                                     q.status = EnforcementStatus::processed;
                                 })),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Executions, ListPlans,
    testing::Values(
        executions("ended", "execution_ended", [](auto& q) { q.status = ExecutionStatus::failed; }),
        executions("unfinished", "execution_unfinished", [](auto& q) { q.status = ExecutionStatus::running; }),
        executions("action_ref", "execution_action", [](auto& q) { q.action_ref = "a.b"; }),
        executions("pack_name", "execution_pack", [](auto& q) { q.pack_name = "a"; }),
        executions("rule_ref", "execution_rule", [](auto& q) { q.rule_ref = "a.b"; }),
        executions("trigger_ref", "execution_trigger", [](auto& q) { q.trigger_ref = "a.b"; }),
        executions("executor", "execution_executor", [](auto& q) { q.executor = 1; }),
        executions("parent", "execution_parent", [](auto& q) { q.parent = 1; }),
        executions("few_of_enforcement", "execution_once", [](auto& q) { q.enforcement = 1; }),
        executions("result_contains", "autoindex_execution_1 (id>?)", [](auto& q) { q.result_contains = "x"; }),
        executions("rule_ref_and_ended", "execution_rule",
                   [](auto& q) {
                       q.status = ExecutionStatus::completed;
                       q.rule_ref = "a.b";
                   }),
        executions("action_ref_and_unfinished", "execution_unfinished",
                   [](auto& q) {
                       q.status = ExecutionStatus::scheduled;
                       q.action_ref = "a.b";
                   }),
        executions("all_at_once", "execution_parent",
                   [](auto& q) {
                       q.status = ExecutionStatus::completed;
                       q.action_ref = "a.b";
                       q.pack_name = "a";
                       q.rule_ref = "a.b";
                       q.trigger_ref = "a.b";
                       q.executor = 1;
                       q.parent = 1;
                       q.top_level_only = true;
                   })),
    name_of);

} // namespace
} // namespace attune::test
