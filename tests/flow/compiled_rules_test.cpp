#include "services/rule_matcher/compiled_rules.hpp"

#include "support/world.hpp"

#include <gtest/gtest.h>

namespace attune::test {
namespace {

class CompiledRulesTest : public testing::Test {
protected:
    static Event event_of_trigger(std::string ref) {
        Event event;
        event.trigger_ref = std::move(ref);
        return event;
    }
    void prepare(services::CompiledRules& rules, const Event& event) {
        group.spawn_once("test", [](services::CompiledRules& known, Event one) -> task<void> {
            const auto done = co_await known.prepare({std::move(one)});
            EXPECT_TRUE(done);
        }(rules, event));
        world.clock.run_until_idle();
    }

    World world;
    ServiceGroup group{world.loop.get_executor(), world.clock};
};

TEST_F(CompiledRulesTest, CountsTheRulesOfATriggerIntoItsBound) {
    for (int i = 0; i < 5; ++i) world.add_rule("core.r" + std::to_string(i), "core.timer_10s", "core.null");
    services::CompiledRules rules(world.db, world.ids, 4);

    prepare(rules, event_of_trigger("core.timer_10s"));
    EXPECT_EQ(rules.of_trigger("core.timer_10s").size(), 5U);
    EXPECT_GT(rules.size(), 4U);

    prepare(rules, event_of_trigger("core.timer_1m"));
    EXPECT_TRUE(rules.of_trigger("core.timer_10s").empty()) << "over its bound it starts anew";
    EXPECT_LE(rules.size(), 4U);
}

} // namespace
} // namespace attune::test
