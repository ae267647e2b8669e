// Which worker takes what, on the whole system.
#include "domain/action.hpp"
#include "domain/execution.hpp"
#include "domain/pack.hpp"
#include "domain/worker.hpp"
#include "flow/workers.hpp"
#include "services/worker/worker_name.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::test {
namespace {

using testing::HasSubstr;

services::ActionWorker::Options named(std::string name, logic::placement::Labels labels = {}) {
    services::ActionWorker::Options out;
    out.name = std::move(name);
    out.labels = std::move(labels);
    return out;
}

logic::placement::Taint taint(logic::placement::TaintEffect effect) {
    return {"dedicated", "batch", effect};
}

class Placing : public testing::Test {
protected:
    void SetUp() override { world.start(Role::scheduler); }

    void add_action(std::string ref, json::object selector, json::array tolerations = {}, json::object affinity = {}) {
        world.write([&](Session& session) -> Result<Action> {
            Action action;
            action.ref = std::move(ref);
            action.pack_ref = "core";
            action.label = "placed";
            action.entrypoint = "true";
            action.runtime_ref = "core.shell";
            action.worker_selector = std::move(selector);
            action.worker_tolerations = std::move(tolerations);
            action.worker_affinity = std::move(affinity);
            action.timeout_seconds = 24 * 3600;
            return flow::create_action(session, action, world.clock.now());
        });
    }
    Execution execution(ExecutionId id) {
        for (auto& one : world.executions()) {
            if (one.id == id) return one;
        }
        return {};
    }
    /// The name of the worker that took it; "" while nobody has.
    std::string worker_of(ExecutionId id) {
        const auto one = execution(id);
        for (const auto& worker : workers()) {
            if (one.worker == worker.id) return worker.name;
        }
        return "";
    }
    std::vector<Worker> workers() {
        return world.write([](Session& session) { return flow::list_workers(session); });
    }

    World world;
};

TEST_F(Placing, GivesWorkToTheWorkerWhoseLabelsAreSelected) {
    world.start_worker(named("a", {{"zone", "us"}}));
    world.start_worker(named("b", {{"zone", "eu"}}));
    add_action("core.eu", {{"zone", "eu"}});
    add_action("core.us", {{"zone", "us"}});

    const auto eu = world.execute("core.eu");
    const auto us = world.execute("core.us");
    world.advance(1s);

    EXPECT_EQ(worker_of(eu), "b");
    EXPECT_EQ(worker_of(us), "a");
    EXPECT_EQ(execution(eu).status, ExecutionStatus::completed);
}

TEST_F(Placing, KeepsWorkOffATaintItDoesNotTolerate) {
    auto tainted = named("tainted");
    tainted.taints = {taint(logic::placement::TaintEffect::no_schedule)};
    world.start_worker(std::move(tainted));
    add_action("core.plain", {});
    add_action("core.batch", {}, {json::object{{"key", "dedicated"}, {"operator", "exists"}}});

    const auto plain = world.execute("core.plain");
    const auto batch = world.execute("core.batch");
    world.advance(10s);

    EXPECT_EQ(worker_of(plain), "");
    EXPECT_EQ(worker_of(batch), "tainted");
}

TEST_F(Placing, LeavesWorkToTheWorkerThatSuitsBetterWhileItHasRoom) {
    auto soft = named("soft");
    soft.taints = {taint(logic::placement::TaintEffect::prefer_no_schedule)};
    auto hard = named("hard");
    hard.slots = 1;
    world.start_worker(std::move(soft));
    world.start_worker(std::move(hard));
    add_action("core.work", {});
    world.processes.script("core.work", {{.takes = 1min}});
    world.advance(5s);

    const auto first = world.execute("core.work");
    world.advance(500ms);
    const auto second = world.execute("core.work");
    world.advance(4s);

    EXPECT_EQ(worker_of(first), "hard");
    EXPECT_EQ(worker_of(second), "soft");
    EXPECT_LE(*execution(second).started_at, *execution(first).started_at + 5s);
}

TEST_F(Placing, PrefersTheAffinityOfTheAction) {
    world.start_worker(named("plain"));
    world.start_worker(named("fast", {{"disk", "ssd"}}));
    const auto ssd = json::object{{"match_labels", json::object{{"disk", "ssd"}}}};
    add_action("core.io", {}, {}, {{"preferred", json::array{ssd}}});
    std::vector<ExecutionId> ids;
    for (int i = 0; i < 6; ++i) {
        ids.push_back(world.execute("core.io"));
        world.advance(3s);
    }
    for (const auto id : ids) EXPECT_EQ(worker_of(id), "fast");
}

TEST_F(Placing, FailsWhatNoLiveWorkerIsAbleToRunAndSaysWhy) {
    world.start_worker(named("a", {{"zone", "us"}}));
    add_action("core.eu", {{"zone", "eu"}});

    const auto id = world.execute("core.eu");
    world.advance(290s);
    ASSERT_EQ(execution(id).status, ExecutionStatus::scheduled);
    world.advance(20s);

    const auto failed = execution(id);
    ASSERT_EQ(failed.status, ExecutionStatus::failed);
    const auto& result = failed.result->get_object();
    EXPECT_EQ(result.at("error"), "Execution is unschedulable");
    EXPECT_THAT(std::string(result.at("message").get_string()), HasSubstr("a has no label zone=eu"));
    EXPECT_EQ(result.at("action_ref"), "core.eu");
    EXPECT_EQ(result.at("failed_by"), "execution_scheduler");
    EXPECT_TRUE(failed.finished_at);
}

TEST_F(Placing, NeverFailsWhatWaitsBehindOtherWorkOrACordon) {
    auto one = named("one");
    one.slots = 1;
    world.start_worker(std::move(one));
    add_action("core.long", {});
    world.processes.script("core.long", {{.takes = 2h}, {}});
    const auto worker = workers().front().id;

    world.execute("core.long");
    const auto behind = world.execute("core.long");
    world.advance(1h);
    EXPECT_EQ(execution(behind).status, ExecutionStatus::scheduled);
    world.write([&](Session& session) {
        return flow::cordon_worker(session, worker, std::string("update"), std::nullopt, world.clock.now());
    });
    world.advance(2h);

    EXPECT_EQ(execution(behind).status, ExecutionStatus::scheduled) << "cordoned, and idle by now";
    world.write([&](Session& session) { return flow::uncordon_worker(session, worker, world.clock.now()); });
    world.advance(10s);
    EXPECT_EQ(execution(behind).status, ExecutionStatus::completed);
}

TEST_F(Placing, LetsWorkRunThatACordonFindsRunning) {
    world.start_worker(named("one"));
    const auto worker = workers().front().id;
    world.add_action("core.minute");
    world.processes.script("core.minute", {{.takes = 1min}});
    const auto id = world.execute("core.minute");
    world.advance(1s);

    world.write([&](Session& session) {
        return flow::cordon_worker(session, worker, std::nullopt, std::nullopt, world.clock.now());
    });
    world.advance(2min);

    EXPECT_EQ(execution(id).status, ExecutionStatus::completed);
}

/// A worker that has core.shell only while `installed`.
services::ActionWorker::Options with_shell_while(const bool& installed) {
    auto one = named("one");
    one.detect_runtimes = [&](std::vector<Runtime> known) -> task<std::vector<logic::placement::OfferedRuntime>> {
        std::vector<logic::placement::OfferedRuntime> out;
        for (const auto& runtime : known) {
            if (runtime.ref != "core.shell" || installed)
                out.push_back(logic::placement::offered(runtime.ref, runtime.name, runtime.aliases));
        }
        co_return out;
    };
    return one;
}

TEST_F(Placing, LooksAgainAtOnceWhenTheFirstWorkComesThatLacksARuntime) {
    bool installed = false;
    world.start_worker(with_shell_while(installed));
    add_action("core.plain", {});
    installed = true; // as when the api process writes the core pack after the worker has looked

    const auto id = world.execute("core.plain");
    world.advance(1s);

    EXPECT_EQ(execution(id).status, ExecutionStatus::completed);
}

TEST_F(Placing, WaitsForARuntimeThatIsFoundLater) {
    bool installed = false;
    world.start_worker(with_shell_while(installed));
    add_action("core.plain", {});
    const auto id = world.execute("core.plain");
    world.advance(30s);
    EXPECT_EQ(worker_of(id), "");

    installed = true;
    world.advance(2min);

    EXPECT_EQ(execution(id).status, ExecutionStatus::completed);
    EXPECT_THAT(to_text(json::value(workers().front().capabilities)), HasSubstr(R"("shell")"));
}

TEST_F(Placing, SaysAtRegistrationWhatTheWorkerOffers) {
    auto one = named("one", {{"zone", "eu"}});
    one.taints = {taint(logic::placement::TaintEffect::no_schedule)};
    one.slots = 7;
    one.version = "1.2.3";
    one.more_capabilities = {{"rack", "r1"}};
    world.start_worker(std::move(one));

    const auto capabilities = workers().front().capabilities;

    EXPECT_EQ(capabilities.at("max_concurrent_executions"), 7);
    EXPECT_EQ(capabilities.at("worker_version"), "1.2.3");
    EXPECT_EQ(capabilities.at("rack"), "r1");
    EXPECT_EQ(capabilities.at("labels"), (json::object{{"zone", "eu"}}));
    EXPECT_EQ(to_text(capabilities.at("taints")), R"([{"key":"dedicated","value":"batch","effect":"no_schedule"}])");
    EXPECT_THAT(to_text(capabilities.at("runtimes")), HasSubstr("shell"));
}

/// Two workers with two slots each; a long action runs on both.
class TwoWorkers : public Placing {
protected:
    void SetUp() override {
        Placing::SetUp();
        for (const auto* name : {"a", "b"}) {
            auto one = named(name);
            one.slots = 2;
            world.start_worker(std::move(one));
        }
        world.processes.script("core.long", {{.takes = 5min}, {.takes = 5min}, {.takes = 5min}, {.takes = 5min}, {}});
    }
};

TEST_F(TwoWorkers, TheOtherGoesOnAndRetriesWhatMayBeRetried) {
    world.add_action("core.long", 1);
    std::vector<ExecutionId> ids;
    for (int i = 0; i < 4; ++i) ids.push_back(world.execute("core.long"));
    world.advance(1s);
    std::size_t of_a = 0;
    for (const auto id : ids) of_a += worker_of(id) == "a" ? 1U : 0U;
    ASSERT_GT(of_a, 0U);

    world.crash_worker("a");
    world.advance(20min);

    std::size_t abandoned = 0;
    std::size_t completed = 0;
    for (const auto& one : world.executions()) {
        abandoned += one.status == ExecutionStatus::abandoned ? 1U : 0U;
        completed += one.status == ExecutionStatus::completed ? 1U : 0U;
    }
    EXPECT_EQ(abandoned, of_a);
    EXPECT_EQ(completed, 4U) << "those of the other, and the retries";
}

TEST_F(TwoWorkers, AbandonWhatMayNotBeRetried) {
    world.add_action("core.long");
    for (int i = 0; i < 4; ++i) world.execute("core.long");
    world.advance(1s);

    world.crash_worker("a");
    world.crash_worker("b");
    world.advance(1min);

    for (const auto& one : world.executions()) EXPECT_EQ(one.status, ExecutionStatus::abandoned);
    for (const auto& worker : workers()) EXPECT_EQ(worker.status, WorkerStatus::inactive);
}

TEST_F(Placing, ALapsedWorkerEndsWhatWasGivenUpAndWorksOn) {
    world.start_worker(named("one"));
    world.add_action("core.long");
    world.processes.script("core.long", {{.takes = 10min}, {}});
    const auto id = world.execute("core.long");
    world.advance(1s);
    const std::array held{execution(id)};
    ASSERT_EQ(held.front().status, ExecutionStatus::running);

    // What a scheduler does that saw it silent: it stood still, and goes on now.
    world.write([&](Session& session) -> Result<bool> {
        const auto worker = *flow::find_worker(session, "one").value();
        CHECK(flow::retire_silent(session, worker, world.clock.now()));
        const std::array<std::optional<Execution>, 1> retries{};
        CHECK(flow::recover_executions(session, held, retries, std::array{EventId{1000}}, worker, world.clock.now()));
        return true;
    });
    world.advance(10s);

    EXPECT_EQ(execution(id).status, ExecutionStatus::abandoned);
    EXPECT_EQ(world.processes.alive, 0) << "its process was ended";
    const auto next = world.execute("core.long");
    world.advance(1s);
    EXPECT_EQ(execution(next).status, ExecutionStatus::completed);
    EXPECT_EQ(workers().front().status, WorkerStatus::active);
}

TEST_F(Placing, AWorkerThatCountsAsLostClaimsNothing) {
    world.start_worker(named("one"));
    world.add_action("core.plain");
    world.write([&](Session& session) {
        return flow::retire_silent(session, *flow::find_worker(session, "one").value(), world.clock.now());
    });

    const auto id = world.execute("core.plain");
    world.advance(1s);
    EXPECT_EQ(worker_of(id), "");

    world.advance(10s);
    EXPECT_EQ(worker_of(id), "one");
}

TEST_F(Placing, ARenewedLeaseIsNotTakenForASilentOne) {
    world.start_worker(named("one"));
    const auto seen = workers().front();
    world.advance(5s);

    EXPECT_EQ(world.write([&](Session& session) { return flow::retire_silent(session, seen, world.clock.now()); }),
              flow::Silence::none);
    EXPECT_EQ(workers().front().status, WorkerStatus::active);
}

/// Whether a name is at work elsewhere, asked on the world's loop.
class WorkerName : public Placing {
protected:
    std::optional<bool> ask(std::string node, Duration wait) {
        std::optional<bool> answer;
        ServiceGroup group(world.loop.get_executor(), world.clock);
        group.spawn_once("asking", [](World& w, std::string of, std::optional<bool>& out) -> task<void> {
            const auto taken = co_await services::is_worker_elsewhere(w.db, w.clock, "one", std::move(of), 10s);
            if (taken) out = *taken;
        }(world, std::move(node), answer));
        world.advance(wait);
        return answer;
    }
    void start(std::string node) {
        auto one = named("one");
        one.node = std::move(node);
        world.start_worker(std::move(one));
    }
};

TEST_F(WorkerName, IsTakenWhileAnotherProcessRenewsItsLease) {
    start("here");

    EXPECT_EQ(ask("there", 12s), true);
}

TEST_F(WorkerName, IsFreeAtOnceForTheSameDataDirectory) {
    start("here");

    EXPECT_EQ(ask("here", 0s), false);
}

TEST_F(WorkerName, IsFreeOnceALeaseHasPassedWithoutARenewal) {
    start("here");
    world.crash_worker("one");
    world.crash(Role::scheduler);

    EXPECT_EQ(ask("there", 15s), false);
}

} // namespace
} // namespace attune::test
