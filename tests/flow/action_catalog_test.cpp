#include "services/worker/action_catalog.hpp"

#include "support/world.hpp"

#include <gtest/gtest.h>

namespace attune::test {
namespace {

class ActionCatalogTest : public testing::Test {
protected:
    using Definition = std::shared_ptr<const services::ActionDefinition>;

    Definition get(const std::string& ref) {
        Definition out;
        group.spawn_once("test", [](services::ActionCatalog& all, std::string one, Definition& found) -> task<void> {
            const auto got = co_await all.get(std::move(one));
            EXPECT_TRUE(got) << got.error().text();
            if (got) found = *got;
        }(catalog, ref, out));
        world.clock.run_until_idle();
        return out;
    }
    /// What a claim tells.
    void notice_changes() {
        catalog.forget(world.write(
            [&](Session& session) { return flow::definitions_changed_since(session, catalog.generation()); }));
    }
    void change_entrypoint(const std::string& ref, const std::string& entrypoint) {
        world.write([&](Session& session) -> Result<bool> {
            TRY(auto action, flow::get_action(session, ref));
            action.entrypoint = entrypoint;
            CHECK(flow::update_action(session, action, world.clock.now()));
            return true;
        });
    }

    World world;
    ServiceGroup group{world.loop.get_executor(), world.clock};
    services::ActionCatalog catalog{world.db, 100};
};

TEST_F(ActionCatalogTest, KeepsWhatAChangeDoesNotTouch) {
    notice_changes();
    const auto echo = get("core.echo");

    world.add_rule("core.r", "core.timer_10s", "core.null");
    change_entrypoint("core.noop", "other.sh");
    notice_changes();

    EXPECT_EQ(get("core.echo"), echo);
}

TEST_F(ActionCatalogTest, ReadsAnewAnActionThatChanged) {
    notice_changes();
    get("core.echo");

    change_entrypoint("core.echo", "other.sh");
    notice_changes();

    EXPECT_EQ(get("core.echo")->action.entrypoint, "other.sh");
}

TEST_F(ActionCatalogTest, ReadsAnewWhatIsRunByARuntimeThatChanged) {
    notice_changes();
    const auto echo = get("core.echo");

    world.write([&](Session& session) -> Result<bool> {
        TRY(auto runtime, flow::get_runtime(session, echo->runtime.ref));
        runtime.name = "changed";
        CHECK(flow::update_runtime(session, runtime, world.clock.now()));
        return true;
    });
    notice_changes();

    EXPECT_EQ(get("core.echo")->runtime.name, "changed");
}

TEST_F(ActionCatalogTest, DoesNotKeepWhatWasReadBeforeAChangeThatIsKnownByNow) {
    notice_changes();
    world.db.after_read = [&] {
        change_entrypoint("core.echo", "other.sh");
        notice_changes();
    };

    EXPECT_EQ(get("core.echo")->action.entrypoint, "other.sh");
}

} // namespace
} // namespace attune::test
