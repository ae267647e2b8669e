#include "services/worker/enrolment.hpp"

#include "domain/execution.hpp"
#include "domain/worker.hpp"
#include "flow/definitions.hpp"
#include "flow/executions.hpp"
#include "flow/workers.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::test {
namespace {

using services::Enrolment;
using testing::ElementsAre;
using testing::HasSubstr;

/// Notes what it is told.
class Holder final : public services::LeaseHolder {
public:
    std::vector<ExecutionId> running_now() const override { return running; }
    void on_lapsed(const std::vector<ExecutionId>& before, const std::vector<ExecutionId>& held) override {
        ++lapses;
        ran_before = before;
        still_held = held;
    }
    void cancel(ExecutionId id) override { cancelled.push_back(id); }
    void on_replaced() override { replaced = true; }

    std::vector<ExecutionId> running;
    std::vector<ExecutionId> ran_before;
    std::vector<ExecutionId> still_held;
    std::vector<ExecutionId> cancelled;
    int lapses = 0;
    bool replaced = false;
};

class EnrolmentTest : public testing::Test {
protected:
    EnrolmentTest() { world.add_action("core.slow"); }
    ~EnrolmentTest() override {
        group.request_stop();
        world.clock.run_until_idle();
    }
    Enrolment::Options options() {
        Enrolment::Options out;
        out.name = "w";
        out.host = "h";
        out.node = "n";
        out.version = "1.2.3";
        out.slots = 3;
        out.end_leftovers = [this](const std::vector<ExecutionId>& ids) {
            ended = ids;
            status_when_ended = ids.empty() ? std::nullopt : std::optional(execution(ids.front()).status);
        };
        out.on_replaced = [this] { told_that_it_is_replaced = true; };
        return out;
    }
    /// Runs it until nothing is left to do at once; what it gave, when it ended.
    template <class T>
    std::optional<T> run(task<T> one) {
        auto out = std::make_shared<std::optional<T>>();
        group.spawn_once("test", [](task<T> waited, std::shared_ptr<std::optional<T>> result) -> task<void> {
            result->emplace(co_await std::move(waited));
        }(std::move(one), out));
        world.clock.run_until_idle();
        return *out;
    }
    void enlist(Enrolment& enrolment) {
        const auto done = run(enrolment.enlist());
        ASSERT_TRUE(done && *done);
    }
    void enlist_and_renew(Enrolment& enrolment) {
        enlist(enrolment);
        group.spawn_once("lease", enrolment.renew(holder));
        world.clock.run_until_idle();
    }
    Worker row() {
        return *world.write([](Session& session) { return flow::find_worker(session, "w"); });
    }
    Execution execution(ExecutionId id) {
        for (const auto& one : world.executions()) {
            if (one.id == id) return one;
        }
        ADD_FAILURE() << "there is no execution " << id.value;
        return {};
    }
    /// Another process takes the name.
    Worker take_over() {
        return world.write([&](Session& session) {
            Worker other;
            other.name = "w";
            other.last_heartbeat = world.clock.now();
            return flow::register_worker(session, other);
        });
    }
    /// An execution that this epoch has claimed; that it has started, too.
    Execution claim(flow::Claimant claimant) {
        world.execute("core.slow");
        return world.write([&](Session& session) -> Result<Execution> {
            TRY(const auto placements, flow::all_placements(session));
            const std::array placement{placements.back().id};
            TRY(const auto claimed, flow::claim_executions(session, claimant, placement, 1, world.clock.now()));
            return claimed.at(0);
        });
    }
    ExecutionId start(flow::Claimant claimant) {
        const auto claimed = claim(claimant);
        world.write([&](Session& session) {
            return flow::start_executions(session, std::span(&claimed, 1), world.clock.now());
        });
        return claimed.id;
    }

    World world;
    ServiceGroup group{world.loop.get_executor(), world.clock};
    Holder holder;
    std::vector<ExecutionId> ended;
    std::optional<ExecutionStatus> status_when_ended;
    bool told_that_it_is_replaced = false;
};

TEST_F(EnrolmentTest, RegistersWhatTheWorkerIs) {
    Enrolment enrolment(world.ports(), options());
    EXPECT_EQ(enrolment.trouble(), "it is not registered yet");

    enlist(enrolment);

    EXPECT_TRUE(enrolment.is_enlisted());
    EXPECT_EQ(enrolment.trouble(), std::nullopt);
    EXPECT_EQ(row().host, "h");
    EXPECT_EQ(row().node, "n");
    EXPECT_EQ(row().status, WorkerStatus::active);
    EXPECT_EQ(row().last_heartbeat, world.clock.now());
    EXPECT_EQ(row().capabilities.at("max_concurrent_executions"), 3);
    EXPECT_EQ(row().capabilities.at("worker_version"), "1.2.3");
}

TEST_F(EnrolmentTest, HasAnEpochOfItsOwnEachTime) {
    Enrolment first(world.ports(), options());
    Enrolment second(world.ports(), options());
    enlist(first);

    enlist(second);

    EXPECT_EQ(second.claimant().worker, first.claimant().worker);
    EXPECT_GT(second.claimant().epoch, first.claimant().epoch);
}

TEST_F(EnrolmentTest, EndsTheProcessesOfOlderEpochsBeforeItSettlesWhatTheyRan) {
    const auto old = take_over();
    const auto started = start({old.id, old.epoch});
    const auto claimed = claim({old.id, old.epoch}).id;
    Enrolment enrolment(world.ports(), options());

    enlist(enrolment);

    EXPECT_THAT(ended, ElementsAre(started)) << "what was only claimed has no process";
    EXPECT_EQ(status_when_ended, ExecutionStatus::running);
    EXPECT_EQ(execution(started).status, ExecutionStatus::abandoned);
    EXPECT_EQ(execution(claimed).status, ExecutionStatus::scheduled);
    EXPECT_EQ(execution(claimed).worker, std::nullopt);
}

TEST_F(EnrolmentTest, IsNoneWhileTheDatabaseIsAwayAndIsTriedAgain) {
    Enrolment enrolment(world.ports(), options());
    world.db.faults.unavailable = 1;
    const auto done = run(enrolment.enlist());
    ASSERT_TRUE(done);
    EXPECT_FALSE(*done);
    EXPECT_FALSE(enrolment.is_enlisted());

    world.db.faults.unavailable = 0;
    enlist(enrolment);

    EXPECT_EQ(enrolment.trouble(), std::nullopt);
}

TEST_F(EnrolmentTest, SaysWhatTheWorkerOffersOnlyWhenThatIsNews) {
    Enrolment enrolment(world.ports(), options());
    enlist(enrolment);
    logic::placement::WorkerTraits traits;
    traits.labels = *logic::placement::parse_labels({{"gpu", "true"}}, "labels");

    EXPECT_TRUE(**run(enrolment.offer(traits)));
    const auto writes = world.db.writes;
    EXPECT_FALSE(**run(enrolment.offer(traits)));

    EXPECT_EQ(world.db.writes, writes);
    EXPECT_THAT(to_text(row().capabilities), HasSubstr("gpu"));
    EXPECT_EQ(row().capabilities.at("max_concurrent_executions"), 3);
}

TEST_F(EnrolmentTest, SaysAgainWhatTheWorkerOffersWhenThatWasNotWritten) {
    Enrolment enrolment(world.ports(), options());
    enlist(enrolment);
    logic::placement::WorkerTraits traits;
    traits.labels = *logic::placement::parse_labels({{"gpu", "true"}}, "labels");
    world.db.faults.unavailable = 1;
    EXPECT_FALSE(*run(enrolment.offer(traits)));
    world.db.faults.unavailable = 0;

    EXPECT_TRUE(**run(enrolment.offer(traits)));

    EXPECT_THAT(to_text(row().capabilities), HasSubstr("gpu"));
}

TEST_F(EnrolmentTest, IsRenewedEveryThirdOfTheLease) {
    Enrolment enrolment(world.ports(), options());
    enlist_and_renew(enrolment);
    const auto writes = world.db.writes;

    world.advance(30s);

    EXPECT_EQ(world.db.writes - writes, 9);
    EXPECT_LE(world.clock.now() - row().last_heartbeat, 4s);
    EXPECT_EQ(holder.lapses, 0);
}

TEST_F(EnrolmentTest, SaysSinceWhenTheLeaseIsNotRenewed) {
    Enrolment enrolment(world.ports(), options());
    enlist_and_renew(enrolment);
    world.db.faults.unavailable = 1;

    world.advance(9s);
    EXPECT_EQ(enrolment.trouble(), std::nullopt) << "it is good for its whole length";
    world.advance(11s);
    EXPECT_THAT(enrolment.trouble().value_or(""), HasSubstr("its lease was last renewed"));

    world.db.faults.unavailable = 0;
    world.advance(4s);
    EXPECT_EQ(enrolment.trouble(), std::nullopt);
}

TEST_F(EnrolmentTest, TellsWithEachRenewalWhatIsToBeCancelled) {
    Enrolment enrolment(world.ports(), options());
    enlist_and_renew(enrolment);
    const auto id = start(enrolment.claimant());
    world.write([&](Session& session) { return flow::cancel_execution(session, id, world.clock.now()); });

    world.advance(4s);

    EXPECT_THAT(holder.cancelled, ElementsAre(id));
}

TEST_F(EnrolmentTest, TellsWhatIsStillHeldWhenTheWorkerCountedAsLost) {
    Enrolment enrolment(world.ports(), options());
    enlist_and_renew(enrolment);
    const auto given_up = start(enrolment.claimant());
    holder.running = {given_up};
    const auto seen = row();
    world.write([&](Session& session) -> Result<bool> {
        CHECK(flow::retire_silent(session, seen, world.clock.now()));
        TRY(const auto held, flow::held_by_lost(session, seen.id, seen.epoch + 1));
        const std::vector<std::optional<Execution>> retries(held.size());
        const std::vector<EventId> alerts(held.size(), EventId{1});
        CHECK(flow::recover_executions(session, held, retries, alerts, seen, world.clock.now()));
        return true;
    });

    world.advance(4s);

    EXPECT_EQ(holder.lapses, 1);
    EXPECT_THAT(holder.ran_before, ElementsAre(given_up));
    EXPECT_THAT(holder.still_held, ElementsAre());
    EXPECT_EQ(row().status, WorkerStatus::active);
}

TEST_F(EnrolmentTest, EndsWhenAnotherProcessTakesOverTheName) {
    Enrolment enrolment(world.ports(), options());
    enlist_and_renew(enrolment);
    take_over();

    world.advance(4s);

    EXPECT_TRUE(enrolment.is_replaced());
    EXPECT_TRUE(holder.replaced);
    EXPECT_TRUE(told_that_it_is_replaced);
    EXPECT_EQ(enrolment.trouble(), "another process has taken over its name, w");
    const auto writes = world.db.writes;
    world.advance(1min);
    EXPECT_EQ(world.db.writes, writes) << "it renews nothing any more";
}

TEST_F(EnrolmentTest, IsInactiveOnceItIsRetired) {
    Enrolment enrolment(world.ports(), options());
    enlist(enrolment);

    const auto done = run(enrolment.retire());

    ASSERT_TRUE(done && *done);
    EXPECT_EQ(row().status, WorkerStatus::inactive);
}

} // namespace
} // namespace attune::test
