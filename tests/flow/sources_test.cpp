// Sources are told of rules and triggers as they change.
#include "flow/definitions.hpp"
#include "flow/sources.hpp"
#include "flow/timers.hpp"
#include "logic/definitions/source.hpp"
#include "support/world.hpp"

#include <gtest/gtest.h>

namespace attune::test {
namespace {

TEST(Sources, AreAllToldWhatChanges) {
    std::vector<std::string_view> names;
    for (const auto* one : logic::definitions::sources()) names.push_back(one->name());
    EXPECT_EQ(flow::followers(), names);
}

TEST(Sources, FollowARuleThatMovesFromOneTriggerToAnother) {
    World world;
    const auto armed = [&] { return world.write([](Session& s) { return flow::count_armed_timers(s); }); };
    world.write([&](Session& session) -> Result<bool> {
        Trigger ticks;
        ticks.ref = "core.ticks";
        ticks.label = "Ticks";
        ticks.param_schema = json::object{{"type", "interval"}, {"seconds", 5}};
        CHECK(flow::create_trigger(session, std::move(ticks), world.clock.now()));
        return true;
    });
    const auto before = world.add_rule("core.mover", "core.ticks", "core.null");
    EXPECT_EQ(armed(), 1) << "of the trigger";
    auto moved = before;
    moved.trigger_ref = "core.intervaltimer";
    moved.trigger_params = {{"unit", "seconds"}, {"interval", 10}};
    moved = world.write([&](Session& s) { return flow::update_rule(s, before, moved, world.clock.now()); });
    EXPECT_EQ(armed(), 1) << "of the rule alone: nobody uses the trigger any more";
    const auto back = world.write([&](Session& s) { return flow::update_rule(s, moved, before, world.clock.now()); });
    EXPECT_EQ(armed(), 1) << "of the trigger alone";
    world.write([&](Session& s) -> Result<bool> {
        CHECK(flow::delete_rule(s, back, world.clock.now()));
        return true;
    });
    EXPECT_EQ(armed(), 0);
}

} // namespace
} // namespace attune::test
