#include "domain/event.hpp"
#include "domain/execution.hpp"
#include "domain/worker.hpp"
#include "flow/events.hpp"
#include "flow/workers.hpp"
#include "support/world.hpp"

#include <gtest/gtest.h>

namespace attune::test {
namespace {

const Query kDisableAlerts{"test.disable_alerts", "update trigger set enabled = false where ref = 'core.alert'"};

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
    /// The events of core.alert, by what they are about. No two are about the same.
    std::map<std::string, Event> alerts() {
        std::map<std::string, Event> out;
        for (auto& one : world.write([](Session& session) { return flow::undecided_events(session, 100); })) {
            if (one.trigger_ref != "core.alert") continue;
            const std::string about(one.payload->at("correlation_id").as_string());
            EXPECT_TRUE(out.emplace(about, std::move(one)).second) << about;
        }
        return out;
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

TEST_F(LostWorker, IsToldOfByOneAlertAndSoIsEachExecutionGivenUp) {
    start_one();
    world.advance(1min);

    const auto told = alerts();
    ASSERT_EQ(told.size(), 2U);
    const auto& execution =
        *told.at(fmt::format("execution:{}:worker_unavailable", world.executions().at(0).id.value)).payload;
    EXPECT_EQ(execution.at("category"), "execution_reconciliation");
    EXPECT_EQ(execution.at("failure_type"), "execution_abandoned_worker_unavailable");
    EXPECT_EQ(execution.at("component_ref"), "core.slow");
    EXPECT_EQ(execution.at("details").at("worker").at("name"), "silent");
    const auto& worker = told.at(fmt::format("worker:{}:heartbeat_stale", claimant.worker.value));
    EXPECT_TRUE(worker.trigger) << "rules of core.alert see it";
    EXPECT_EQ(worker.payload->at("severity"), "error");
    EXPECT_EQ(worker.payload->at("component_type"), "worker");
    EXPECT_EQ(worker.payload->at("observed_at"), json::value(format_timestamp(worker.created)));
}

TEST_F(LostWorker, IsToldOfAgainWhenItIsLostAgain) {
    world.advance(20s);
    renew();
    world.advance(20s);
    const auto events = world.write([](Session& session) { return flow::undecided_events(session, 100); });
    EXPECT_EQ(events.size(), 2U);
}

TEST_F(LostWorker, ThatIsCordonedCostsItsExecutionsInSilence) {
    start_one();
    world.write([&](Session& session) {
        return flow::cordon_worker(session, claimant.worker, "to be mended", {}, world.clock.now());
    });
    world.advance(20s);
    ASSERT_EQ(status(0), ExecutionStatus::abandoned);
    EXPECT_EQ(alerts().size(), 1U) << "that of the worker";
}

TEST_F(LostWorker, AlertsNobodyWhenTheTriggerIsDisabled) {
    world.write([](Session& session) { return session.execute(kDisableAlerts); });
    start_one();
    world.advance(20s);
    ASSERT_EQ(status(0), ExecutionStatus::abandoned);
    EXPECT_TRUE(alerts().empty());
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
