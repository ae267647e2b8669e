#include "flow/workers.hpp"
#include "support/world.hpp"

#include <gtest/gtest.h>

namespace attune::test {
namespace {

/// A worker that is only its row: it renews its lease when the test says so.
class LostWorker : public testing::Test {
protected:
    void SetUp() override {
        world.start(Role::scheduler);
        world.add_action("core.slow");
        const auto row = world.write([&](Session& session) {
            Worker worker;
            worker.name = "silent";
            worker.last_heartbeat = world.clock.now();
            return flow::register_worker(session, worker);
        });
        claimant = {row.id, row.epoch};
    }
    /// An execution that the worker has started and will not finish.
    void start_one() {
        world.execute("core.slow");
        world.write([&](Session& session) -> Result<bool> {
            TRY(const auto placements, flow::all_placements(session));
            const std::array placement{placements.back().id};
            TRY(const auto claimed, flow::claim_executions(session, claimant, placement, 1, world.clock.now()));
            CHECK(flow::start_executions(session, claimed, world.clock.now()));
            return true;
        });
    }
    void renew() {
        world.write([&](Session& session) { return flow::renew_lease(session, claimant, world.clock.now()); });
    }
    ExecutionStatus status(std::size_t index) { return world.executions().at(index).status; }

    World world;
    flow::Claimant claimant;
};

TEST_F(LostWorker, IsSettledOnceItsLeaseHasRunOut) {
    start_one();
    world.advance(5s);
    EXPECT_EQ(status(0), ExecutionStatus::running);
    world.advance(15s);
    EXPECT_EQ(status(0), ExecutionStatus::abandoned);
}

TEST_F(LostWorker, IsLostAgainAfterItCameBackUnderTheSameEpoch) {
    start_one();
    world.advance(20s);
    ASSERT_EQ(status(0), ExecutionStatus::abandoned);
    renew();
    start_one();
    world.advance(5s);
    EXPECT_EQ(status(1), ExecutionStatus::running);
    world.advance(15s);
    EXPECT_EQ(status(1), ExecutionStatus::abandoned);
}

TEST(WorkerLease, IsRenewedAlthoughTheClockWasSetBack) {
    World world;
    world.start(Role::worker);
    world.clock.step(-1h);
    world.advance(30s);

    const auto workers = world.write([](Session& session) { return flow::list_workers(session); });

    ASSERT_EQ(workers.size(), 1U);
    EXPECT_LE(world.clock.now() - workers.front().last_heartbeat, 4s);
}

TEST(WorkerLease, IsRenewedWhileNothingElseIsWritten) {
    World world;
    world.start_all();
    world.advance(1min);
    const auto before = world.db.writes;
    world.advance(10s);

    EXPECT_EQ(world.db.writes - before, 3); // one a third of the lease
}

} // namespace
} // namespace attune::test
