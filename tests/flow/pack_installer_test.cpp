#include "domain/pack.hpp"
#include "domain/rule.hpp"
#include "flow/pack_installer.hpp"
#include "support/fake_pool.hpp"
#include "support/memory_pack_store.hpp"
#include "support/world.hpp"

#include <boost/asio/co_spawn.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::test {
namespace {

using flow::PackInstaller;
using flow::PackLock;
using testing::HasSubstr;
using testing::IsEmpty;

/// Packs are installed and deleted as a whole, by one at a time.
class PackInstallation : public testing::Test {
protected:
    static flow::PackToInstall pack(const std::string& version, bool force = false) {
        flow::PackToInstall out;
        out.contents.pack.ref = "demo";
        out.contents.pack.label = "Demo";
        out.contents.pack.version = version;
        auto& action = out.contents.actions.emplace_back();
        action.ref = "demo.act";
        action.label = "Act";
        action.entrypoint = "act.sh";
        action.param_schema = {{"count", json::object{{"type", "integer"}}}};
        out.files["actions/act.sh"] = {version, true};
        out.source_type = "upload";
        out.force = force;
        return out;
    }
    static Rule rule(const json::object& params) {
        Rule out;
        out.ref = "demo.often";
        out.pack_ref = "demo";
        out.label = "Often";
        out.trigger_ref = "core.timer_10s";
        out.action_ref = "demo.act";
        out.action_params = params;
        return out;
    }

    /// Begins an installation, which goes on whenever the clock does.
    struct Running {
        flow::PackToInstall wanted;
        std::optional<Result<PackInstaller::Installed>> done;
    };
    void start(Running& running) {
        const auto run = [](PackInstaller& installer, Running& one, flow::MayInstall may) -> task<void> {
            one.done.emplace(co_await installer.install(one.wanted, std::move(may)));
        };
        asio::co_spawn(world.loop, run(installer, running, may_install), fail);
        world.clock.run_until_idle();
    }
    /// "" or what is wrong.
    std::string install(flow::PackToInstall wanted) {
        Running running{.wanted = std::move(wanted), .done = {}};
        start(running);
        if (!running.done) return "still waiting";
        return *running.done ? "" : running.done->error().text();
    }
    std::string remove() {
        std::optional<Result<PackInstaller::Removed>> done;
        const auto run = [](PackInstaller& installer, auto& into) -> task<void> {
            into.emplace(co_await installer.remove("demo", [](Session&, const Pack&) -> Result<void> { return {}; }));
        };
        asio::co_spawn(world.loop, run(installer, done), fail);
        world.clock.run_until_idle();
        return *done ? "" : done->error().text();
    }
    void recover() {
        asio::co_spawn(world.loop, installer.recover(), fail);
        world.clock.run_until_idle();
    }
    static void fail(std::exception_ptr failure) {
        if (failure) std::rethrow_exception(failure);
    }

    std::string version() {
        const auto row = world.write([](Session& session) { return flow::find_pack(session, "demo"); });
        return row ? row->version : "";
    }
    std::string file() const { return store.content("demo", "actions/act.sh"); }
    std::vector<PackLock> locks() {
        return world.write([](Session& session) { return flow::list_pack_locks(session); });
    }
    /// What a process leaves that ended in the middle: it had the lock, and had moved the files of this version.
    void crash_after_swap(const std::string& version, bool committed) {
        const PackLock dead{.ref = "demo", .holder = "dead", .beat = 0, .settled = true, .taken = world.clock.now()};
        world.write([&](Session& session) -> Result<bool> {
            CHECK(flow::take_pack_lock(session, dead));
            CHECK(flow::hold_pack_lock(session, dead, committed));
            if (committed) CHECK(flow::install_pack(session, pack(version).contents, world.clock.now()));
            return true;
        });
        ASSERT_TRUE(store.stage("demo", "dead", pack(version).files));
        ASSERT_TRUE(store.swap_in("demo", "dead"));
    }

    World world;
    FakePool pool;
    MemoryPackStore store;
    PackInstaller installer{{world.db, world.bus, pool, world.clock, world.random, store}};
    flow::MayInstall may_install = [](Session&, const std::optional<Pack>&) -> Result<void> { return {}; };
};

TEST_F(PackInstallation, PutsFilesAndRowsInPlace) {
    EXPECT_EQ(install(pack("1.0.0")), "");

    EXPECT_EQ(version(), "1.0.0");
    EXPECT_EQ(file(), "1.0.0");
    EXPECT_TRUE(store.is_settled());
    EXPECT_THAT(locks(), IsEmpty());
}

TEST_F(PackInstallation, ReplacesAPackOnlyWhenThatIsWanted) {
    ASSERT_EQ(install(pack("1.0.0")), "");

    EXPECT_THAT(install(pack("2.0.0")), HasSubstr("is installed already"));
    EXPECT_EQ(file(), "1.0.0");
    EXPECT_EQ(install(pack("2.0.0", true)), "");
    EXPECT_EQ(version(), "2.0.0");
    EXPECT_EQ(file(), "2.0.0");
}

TEST_F(PackInstallation, ThatIsRefusedChangesNothing) {
    ASSERT_EQ(install(pack("1.0.0")), "");
    may_install = [](Session&, const std::optional<Pack>& before) -> Result<void> {
        return Error{Errc::forbidden, "not over " + before->version};
    };

    EXPECT_EQ(install(pack("2.0.0", true)), "not over 1.0.0");

    EXPECT_EQ(version(), "1.0.0");
    EXPECT_EQ(file(), "1.0.0");
    EXPECT_TRUE(store.is_settled());
    EXPECT_THAT(locks(), IsEmpty());
}

TEST_F(PackInstallation, ChecksRulesAgainstTheirTriggersAndActions) {
    auto wanted = pack("1.0.0");
    wanted.contents.rules = {rule({{"count", "many"}})};
    EXPECT_THAT(install(wanted), HasSubstr("demo.often.action_params.count: "));
    EXPECT_EQ(version(), "");
    EXPECT_EQ(file(), "");

    wanted.contents.rules = {rule({{"count", 3}})};
    EXPECT_EQ(install(wanted), "");
}

TEST_F(PackInstallation, WhereThePackStandsMovesNoFiles) {
    store.places["demo"] = pack("1.0.0").files;
    auto wanted = pack("1.0.0");
    wanted.directory = "/packs/demo";
    wanted.files.clear();

    EXPECT_EQ(install(wanted), "");

    EXPECT_EQ(version(), "1.0.0");
    EXPECT_EQ(file(), "1.0.0");
}

TEST_F(PackInstallation, IsUndoneByDeletingThePack) {
    ASSERT_EQ(install(pack("1.0.0")), "");

    EXPECT_EQ(remove(), "");

    EXPECT_EQ(version(), "");
    EXPECT_EQ(file(), "");
    EXPECT_THAT(locks(), IsEmpty());
    EXPECT_THAT(remove(), HasSubstr("not found"));
}

TEST_F(PackInstallation, WaitsForAnotherOfTheSamePack) {
    const PackLock other{.ref = "demo", .holder = "other", .beat = 0, .settled = true, .taken = world.clock.now()};
    world.write([&](Session& session) { return flow::take_pack_lock(session, other); });
    Running running{.wanted = pack("1.0.0"), .done = {}};
    start(running);
    for (int i = 0; i < 5; ++i) { // the other is alive: it renews its lease
        world.clock.advance(10s);
        EXPECT_FALSE(running.done);
        world.write([&](Session& session) -> Result<bool> {
            CHECK(flow::hold_pack_lock(session, other, true));
            return true;
        });
    }

    world.write([&](Session& session) -> Result<bool> {
        CHECK(flow::release_pack_lock(session, other));
        return true;
    });
    world.clock.advance(1s);

    ASSERT_TRUE(running.done);
    EXPECT_TRUE(*running.done);
}

TEST_F(PackInstallation, DoesNotWaitForEver) {
    const PackLock other{.ref = "demo", .holder = "other", .beat = 0, .settled = true, .taken = world.clock.now()};
    world.write([&](Session& session) { return flow::take_pack_lock(session, other); });
    Running running{.wanted = pack("1.0.0"), .done = {}};
    start(running);
    for (int i = 0; i < 7; ++i) {
        world.clock.advance(10s);
        world.write([&](Session& session) -> Result<bool> {
            CHECK(flow::hold_pack_lock(session, other, true));
            return true;
        });
    }

    ASSERT_TRUE(running.done);
    EXPECT_EQ(running.done->error().code, Errc::conflict);
    EXPECT_EQ(locks().size(), 1U);
}

TEST_F(PackInstallation, ThatCrashedIsUndoneByTheNextOne) {
    ASSERT_EQ(install(pack("1.0.0")), "");
    crash_after_swap("2.0.0", false);
    Running running{.wanted = pack("3.0.0"), .done = {}};
    start(running);

    world.clock.advance(14s);
    EXPECT_FALSE(running.done) << "the lease has not run out";
    EXPECT_EQ(file(), "2.0.0");
    world.clock.advance(2s);

    ASSERT_TRUE(running.done);
    EXPECT_THAT(running.done->error().text(), HasSubstr("is installed already"));
    EXPECT_EQ(version(), "1.0.0");
    EXPECT_EQ(file(), "1.0.0");
    EXPECT_TRUE(store.is_settled());
    EXPECT_THAT(locks(), IsEmpty());
}

TEST_F(PackInstallation, ThatCrashedIsEndedAtTheNextStart) {
    ASSERT_EQ(install(pack("1.0.0")), "");
    crash_after_swap("2.0.0", false);
    ASSERT_TRUE(flow::end_interrupted_installations(world.db, store));
    EXPECT_EQ(file(), "1.0.0");
    EXPECT_THAT(locks(), IsEmpty());

    crash_after_swap("2.0.0", true);
    recover();
    EXPECT_EQ(locks().size(), 1U) << "another process may be at it";
    world.clock.advance(16s);

    EXPECT_EQ(version(), "2.0.0");
    EXPECT_EQ(file(), "2.0.0");
    EXPECT_TRUE(store.is_settled());
    EXPECT_THAT(locks(), IsEmpty());
}

TEST_F(PackInstallation, ThatWasTakenOverWritesNothing) {
    ASSERT_EQ(install(pack("1.0.0")), "");
    store.after_swap = [&] { // it took so long that another one believed it lost
        const auto seen = locks().at(0);
        world.write([&](Session& session) { return flow::take_over_pack_lock(session, seen, "other", {}); });
    };

    Running running{.wanted = pack("2.0.0", true), .done = {}};
    start(running);

    ASSERT_TRUE(running.done && !*running.done);
    EXPECT_THAT(running.done->error().text(), HasSubstr("another process has taken over"));
    EXPECT_EQ(running.done->error().code, Errc::conflict) << "`unavailable` says that the database takes no writes";
    EXPECT_EQ(version(), "1.0.0");
    EXPECT_EQ(locks().at(0).holder, "other");
    EXPECT_FALSE(locks().at(0).settled) << "whoever has taken over puts the files back";
    ASSERT_TRUE(flow::end_interrupted_installations(world.db, store));
    EXPECT_EQ(file(), "1.0.0");
}

TEST(PackLockWatch, StartsAgainWhenItWasNotLooking) {
    flow::PackLockWatch watch;
    const PackLock lock{.ref = "demo", .holder = "other", .beat = 1, .settled = true, .taken = {}};
    EXPECT_FALSE(watch.is_silent(lock, 100s));
    for (int i = 1; i < 4; ++i) EXPECT_FALSE(watch.is_silent(lock, 100s + i * 4s));
    EXPECT_TRUE(watch.is_silent(lock, 116s));
    EXPECT_FALSE(watch.is_silent(lock, 140s)) << "nobody read it for 24 seconds";
}

} // namespace
} // namespace attune::test
