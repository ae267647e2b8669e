// Executions counted by state, against the rows themselves.
#include "domain/execution.hpp"
#include "flow/endings.hpp"
#include "flow/tally.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::test {
namespace {

using Counts = std::map<ExecutionStatus, std::int64_t>;

class Tally : public testing::Test {
protected:
    Counts counted(const std::string& action_ref = {}) {
        Counts out;
        const auto all = world.write([&](Session& session) {
            return action_ref.empty() ? flow::count_executions(session)
                                      : flow::count_executions_of(session, action_ref);
        });
        for (const auto& one : all) out[one.status] = one.stored;
        return out;
    }
    Counts stored(const std::string& action_ref = {}) {
        Counts out;
        for (const auto& one : world.executions()) {
            if (action_ref.empty() || one.action_ref == action_ref) ++out[one.status];
        }
        return out;
    }
    void cancel(ExecutionId id) {
        world.write([&](Session& session) { return flow::cancel_execution(session, id, world.clock.now()); });
        world.bus.ring(Topic::cancelling, std::array{id.value});
    }

    World world;
};

TEST_F(Tally, AgreesWithTheRowsHoweverExecutionsEnd) {
    world.start_all();
    world.add_action("core.flaky", 2);
    world.add_action("core.slow");
    world.processes.script("core.flaky", {{.exit_code = 1}, {.exit_code = 0}, {.exit_code = 1}});
    world.processes.script("core.slow", {{.takes = 1h}});
    for (int i = 0; i < 3; ++i) world.execute("core.null");
    world.execute("core.flaky");
    world.execute("core.flaky");
    std::vector<ExecutionId> slow;
    for (int i = 0; i < 7; ++i) slow.push_back(world.execute("core.slow"));
    world.advance(1min);
    cancel(slow[0]); // it runs
    cancel(slow[6]); // it waits
    world.advance(10s);
    EXPECT_EQ(counted(), stored());
    EXPECT_EQ(counted("core.slow"), stored("core.slow"));

    world.crash(Role::worker);
    world.start(Role::worker);
    world.advance(1s);

    EXPECT_EQ(counted(), stored());
    EXPECT_EQ(counted("core.slow"), stored("core.slow"));
    EXPECT_EQ(counted("core.null"), (Counts{{ExecutionStatus::completed, 3}}));
    EXPECT_GT(counted()[ExecutionStatus::abandoned], 0);
    EXPECT_EQ(counted()[ExecutionStatus::cancelled], 2);
}

TEST_F(Tally, CountsNothingThatIsRolledBack) {
    const auto id = world.execute("core.echo");
    world.db.faults.run_twice = 1;
    const auto failed = world.db.write_blocking([&](Session& session) -> Result<bool> {
        CHECK(flow::cancel_execution(session, id, world.clock.now()));
        return Error{Errc::internal, "after it was counted"};
    });

    EXPECT_FALSE(failed);
    EXPECT_EQ(counted(), (Counts{{ExecutionStatus::scheduled, 1}}));
}

TEST_F(Tally, KnowsTheOldestThatWaits) {
    const auto oldest = [&] {
        return world.write([](Session& session) { return flow::oldest_waiting(session, "core.echo"); });
    };
    EXPECT_EQ(oldest(), std::nullopt);
    const auto first = world.clock.now();
    world.execute("core.echo");
    world.advance(1min);
    world.execute("core.echo");

    EXPECT_EQ(oldest(), first);
}

} // namespace
} // namespace attune::test
