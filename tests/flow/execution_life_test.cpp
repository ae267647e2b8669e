// How executions begin, change and end, whoever does it.
#include "domain/execution.hpp"
#include "flow/endings.hpp"
#include "flow/settle.hpp"
#include "flow/status_sql.hpp"
#include "logic/execution/birth.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <regex>

namespace attune::test {
namespace {

class ExecutionLife : public testing::Test {
protected:
    using Counts = std::map<std::string, std::uint64_t, std::less<>>;

    /// The final states of the rows.
    Counts ended() {
        Counts out;
        for (const auto& one : world.executions()) {
            if (is_final(one.status)) ++out[std::string(enum_name(one.status))];
        }
        return out;
    }
    /// executions_finished_total.
    Counts counted() {
        Counts out;
        for (const auto name : enum_names<ExecutionStatus>()) {
            if (!is_final(*parse_enum<ExecutionStatus>(name))) continue;
            const auto value = world.metrics.counters(Metric::executions_finished).of(name).value();
            if (value > 0) out[std::string(name)] = value;
        }
        return out;
    }

    World world;
};

TEST_F(ExecutionLife, OfARuleKeepsArtifactsAsLongAsItsActionSays) {
    world.start_all();
    auto action = world.add_action("core.writer");
    world.write([&](Session& session) -> Result<bool> {
        auto after = action;
        after.artifact_retention_policy = "days";
        after.artifact_retention_limit = 30;
        CHECK(flow::update_action(session, after, world.clock.now()));
        return true;
    });
    world.add_rule("core.write", "core.timer_10s", "core.writer");
    world.add_rule("core.echoes", "core.timer_10s", "core.echo");

    world.advance(10s);

    ASSERT_EQ(world.executions().size(), 2U);
    for (const auto& one : world.executions()) {
        const bool own = one.action_ref == "core.writer";
        EXPECT_EQ(one.artifact_retention_policy, own ? "days" : "versions") << one.action_ref;
        EXPECT_EQ(one.artifact_retention_limit, own ? 30 : 5) << one.action_ref;
    }
}

TEST_F(ExecutionLife, OfARunThatMadeRoomIsCounted) {
    world.start(Role::timers);
    world.start(Role::matcher);
    world.start(Role::scheduler);
    world.add_rule("core.slowly", "core.intervaltimer", "core.echo",
                   {{"unit", "seconds"}, {"interval", 10}, {"overlap", "cancel_running"}});

    world.advance(31s);

    EXPECT_EQ(ended(), (Counts{{"cancelled", 2}}));
    EXPECT_EQ(counted(), ended());
}

TEST_F(ExecutionLife, IsCountedOnceHoweverItEnds) {
    world.start_all();
    world.add_action("core.flaky", 2);
    world.add_action("core.slow");
    world.processes.script("core.flaky", {{.exit_code = 1}, {.exit_code = 0}, {.exit_code = 1}});
    world.processes.script("core.slow", {{.takes = 1h}});
    world.add_rule("core.slowly", "core.intervaltimer", "core.slow",
                   {{"unit", "seconds"}, {"interval", 10}, {"overlap", "cancel_running"}});
    for (int i = 0; i < 3; ++i) world.execute("core.null");
    world.execute("core.flaky");
    world.execute("core.flaky");
    world.advance(1min);
    world.crash(Role::worker);
    world.start(Role::worker);
    world.advance(1min);

    EXPECT_EQ(counted(), ended());
    EXPECT_THAT(ended(), testing::SizeIs(testing::Ge(3U)));
}

TEST_F(ExecutionLife, EndsWithoutAProcessWhereverItIsPlaced) {
    services::ActionWorker::Options labelled;
    labelled.name = "labelled";
    labelled.labels = {{"zone", "a"}};
    world.start(Role::worker);
    const auto id = world.write([&](Session& session) -> Result<ExecutionId> {
        TRY(const auto null, flow::get_action(session, "core.null"));
        auto run = logic::execution::new_run(null, world.clock.now());
        run.id = ExecutionId{500};
        run.worker_selector = json::object{{"zone", "a"}};
        const auto requirement = logic::execution::requirement_of(null, &run);
        TRY(run.placement, flow::intern_placement(session, requirement, PlacementId{500}));
        CHECK(flow::insert_executions(session, std::span(&run, 1)));
        return run.id;
    });
    world.advance(10s);
    ASSERT_EQ(world.executions().front().status, ExecutionStatus::scheduled) << "no worker has the label";

    world.start_worker(labelled);
    world.advance(1s);

    EXPECT_EQ(world.executions().front().id, id);
    EXPECT_EQ(world.executions().front().status, ExecutionStatus::completed);
    EXPECT_EQ(counted(), (Counts{{"completed", 1}}));
}

TEST_F(ExecutionLife, IsNoPlaceForAChangeThatTheTableLacks) {
    world.start_all();
    world.add_action("core.slow");
    world.processes.script("core.slow", {{.takes = 1h}});
    world.execute("core.slow");
    world.advance(1s);
    flow::Completion wrong;
    wrong.execution = world.executions().front();
    wrong.status = ExecutionStatus::scheduled;

    const auto written = world.db.write_blocking(
        [&](Session& session) { return flow::complete_executions(session, std::span(&wrong, 1)); });

    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().message, "no execution goes from running to scheduled");
    EXPECT_EQ(world.executions().front().status, ExecutionStatus::running);
}

TEST_F(ExecutionLife, BeginsInNoFinalState) {
    Execution over;
    over.status = ExecutionStatus::completed;
    const auto made = world.db.write_blocking(
        [&](Session& session) { return flow::insert_executions(session, std::span(&over, 1)); });

    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().message, "no execution begins as completed");
}

TEST(Consequences, AreDoneInThisOrderByEverybody) {
    EXPECT_THAT(flow::consequences(), testing::ElementsAre("tally", "tell", "output", "retry", "overlap", "alert"));
}

TEST_F(ExecutionLife, OnlyWhatHasEndedIsSettled) {
    const flow::Ending unfinished{.id = ExecutionId{1}, .action_ref = "core.null", .status = ExecutionStatus::running};

    const auto settled =
        world.db.write_blocking([&](Session& session) { return flow::settle(session, std::span(&unfinished, 1)); });

    ASSERT_FALSE(settled);
    EXPECT_EQ(settled.error().code, Errc::internal);
}

struct IndexRow {
    std::string sql;
};
ATTUNE_FIELDS(IndexRow, sql);
const Query kIndices{"test.execution_indices", "select sql from sqlite_master where type = 'index'"
                                               " and tbl_name = 'execution' and sql like '% where %status%'"};

TEST_F(ExecutionLife, IsAskedForInTheWordsOfTheIndices) {
    const std::regex predicate(R"((status in \([^)]*\)|status = '\w+'( and worker is null)?))");
    std::set<std::string> of_indices;
    for (const auto& row : world.write([](Session& s) { return s.all<IndexRow>(kIndices); })) {
        std::smatch found;
        const auto where = row.sql.substr(row.sql.find(" where "));
        ASSERT_TRUE(std::regex_search(where, found, predicate)) << row.sql;
        of_indices.insert(found.str());
    }

    EXPECT_THAT(of_indices,
                testing::UnorderedElementsAre(sql::pending(), sql::holdable(), sql::unfinished(), sql::ended(),
                                              sql::claimable(), sql::status_is(ExecutionStatus::requested)));
}

/// The states that a text names: "status in ('a', 'b')", "status || '' = 'a'".
std::vector<ExecutionStatus> states_in(const std::string& text) {
    static const std::regex kCondition(R"(status(?: \|\| '')? (?:in \(([^)]*)\)|= ('\w+')))");
    static const std::regex kName(R"('(\w+)')");
    std::vector<ExecutionStatus> out;
    std::smatch found;
    if (!std::regex_search(text, found, kCondition)) return out;
    const auto names = found[1].str() + found[2].str();
    for (std::sregex_iterator one(names.begin(), names.end(), kName); one != std::sregex_iterator(); ++one)
        out.push_back(*parse_enum<ExecutionStatus>((*one)[1].str()));
    return out;
}

TEST(ExecutionStatements, ChangeTheStateAsTheTableSays) {
    int changes = 0;
    for (const auto* query : Query::all()) {
        const auto& text = query->text();
        const auto where = text.find(" where ");
        if (!text.starts_with("update execution set ") || where == std::string::npos) continue;
        const auto to = states_in(text.substr(0, where));
        if (to.empty()) continue; // of a parameter: checked where it is bound
        ++changes;
        const auto from = states_in(text.substr(where));
        EXPECT_FALSE(from.empty()) << query->name();
        for (const auto one : from) {
            EXPECT_TRUE(logic::execution::may_become(one, to.front()) || one == to.front())
                << query->name() << ": " << enum_name(one) << " to " << enum_name(to.front());
        }
    }
    EXPECT_GE(changes, 8);
}

} // namespace
} // namespace attune::test
