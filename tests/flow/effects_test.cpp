// What follows from a change is told once, and only when the change is committed.
#include "flow/commit.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::test {
namespace {

using testing::ElementsAre;

const Query kTouch{"test.touch_instance", "update instance set generation = generation + 1 where id = 1"};
const Query kGeneration{"test.generation", "select generation from instance where id = 1"};

class CommittedEffects : public testing::Test {
protected:
    /// Commits a change that rings, counts, and ends with this error if there is one.
    bool commit(std::optional<Error> error) {
        std::optional<Result<flow::Effects>> out;
        ServiceGroup group(world.loop.get_executor(), world.clock);
        group.spawn_once(
            "commit", [](CommittedEffects& test, std::optional<Error> fails, decltype(out)& into) -> task<void> {
                into = co_await services::commit(test.world.ports(), [&](Session& session) -> Result<flow::Effects> {
                    CHECK(session.execute(kTouch));
                    if (fails) return *fails;
                    flow::Effects effects;
                    effects.ring(Topic::executions, ExecutionId{7});
                    effects.count(Metric::executions_scheduled);
                    return effects;
                });
            }(*this, std::move(error), out));
        world.clock.run_until_idle();
        return out && out->has_value();
    }
    std::int64_t generation() {
        return *world.write([](Session& session) { return session.scalar<std::int64_t>(kGeneration); });
    }
    std::uint64_t counted() { return world.metrics.counter(Metric::executions_scheduled).value(); }

    World world;
    Signal rung{world.loop.get_executor()};
    std::unique_ptr<Subscription> executions = world.bus.subscribe(Topic::executions, rung);
};

TEST_F(CommittedEffects, AreAppliedOnceAlsoWhenTheWriteRanTwice) {
    world.db.faults.run_twice = 1;

    EXPECT_TRUE(commit({}));

    EXPECT_THAT(executions->take().ids, ElementsAre(7));
    EXPECT_EQ(counted(), 1U);
}

TEST_F(CommittedEffects, OfAChangeThatFailedAreNone) {
    const auto before = generation();

    EXPECT_FALSE(commit(Error{Errc::conflict, "no"}));

    EXPECT_EQ(generation(), before);
    EXPECT_TRUE(executions->take().ids.empty());
    EXPECT_EQ(counted(), 0U);
}

TEST_F(CommittedEffects, AddUp) {
    flow::Effects all;
    flow::Effects more;
    all.ring(Topic::executions, ExecutionId{1});
    all.count(Metric::executions_finished, "failed");
    more.ring(Topic::executions, std::vector{ExecutionId{2}, ExecutionId{3}});
    more.count(Metric::executions_finished, "failed", 2);
    more.count(Metric::executions_finished, "completed", 0);
    more.touch({"rule", 4, "a.b", {}, {}});
    all += more;

    all.apply({world.bus, world.metrics});

    EXPECT_THAT(executions->take().ids, ElementsAre(1, 2, 3));
    EXPECT_EQ(world.metrics.counters(Metric::executions_finished).of("failed").value(), 3U);
    EXPECT_EQ(all.touched().size(), 1U);
}

} // namespace
} // namespace attune::test
