// The lock of packs, and two processes that install the same one.
#include "adapters/memory_bus/memory_bus.hpp"
#include "adapters/system_random/system_random.hpp"
#include "adapters/wall_clock/wall_clock.hpp"
#include "contract/database_contract.hpp"
#include "contract/postgres_server.hpp"
#include "domain/pack.hpp"
#include "flow/generation.hpp"
#include "flow/pack_installer.hpp"
#include "support/fake_pool.hpp"
#include "support/memory_pack_store.hpp"

namespace attune::test {
namespace {

using flow::PackInstaller;
using flow::PackLock;
using Backends = testing::Types<SqliteFile, PostgresServer>;

PackLock lock_of(std::string holder) {
    return {.ref = "demo", .holder = std::move(holder), .beat = 0, .settled = true, .taken = kNow};
}

template <class Factory>
class PackLocks : public DatabaseTest<Factory> {
protected:
    bool take(const PackLock& lock) {
        return *this->write([&](Session& session) { return flow::take_pack_lock(session, lock); });
    }
    bool take_over(const PackLock& seen, const std::string& holder) {
        return *this->write([&](Session& session) { return flow::take_over_pack_lock(session, seen, holder, kNow); });
    }
    bool hold(const PackLock& lock, bool settled) {
        return this
            ->write([&](Session& session) -> Result<bool> {
                CHECK(flow::hold_pack_lock(session, lock, settled));
                return true;
            })
            .has_value();
    }
    void release(const PackLock& lock) {
        ASSERT_TRUE(this->write([&](Session& session) -> Result<bool> {
            CHECK(flow::release_pack_lock(session, lock));
            return true;
        }));
    }
    /// What another process has of the same database; null where there can be none.
    std::unique_ptr<Database> another() {
        if constexpr (std::is_same_v<Factory, PostgresServer>) return *this->factory.open();
        return nullptr;
    }
    std::optional<PackLock> stored() {
        return *this->read([](Session& session) { return flow::find_pack_lock(session, "demo"); });
    }
};
TYPED_TEST_SUITE(PackLocks, Backends);

TYPED_TEST(PackLocks, AreHeldByOne) {
    const auto mine = lock_of("aa");
    EXPECT_TRUE(this->take(mine));
    EXPECT_FALSE(this->take(lock_of("bb")));
    EXPECT_FALSE(this->hold(lock_of("bb"), true));
    this->release(lock_of("bb"));
    EXPECT_TRUE(this->hold(mine, false));
    EXPECT_EQ(this->stored()->beat, 1);
    EXPECT_FALSE(this->stored()->settled);
    this->release(mine);
    EXPECT_FALSE(this->stored());
    EXPECT_TRUE(this->take(lock_of("bb")));
}

TYPED_TEST(PackLocks, OfALostHolderGoToOneOfThoseWhoSawIt) {
    const auto lost = lock_of("aa");
    ASSERT_TRUE(this->take(lost));
    ASSERT_TRUE(this->hold(lost, false));
    const auto seen = *this->stored();

    EXPECT_FALSE(this->take_over(lost, "bb")) << "it was renewed since";
    EXPECT_TRUE(this->take_over(seen, "bb"));
    EXPECT_FALSE(this->take_over(seen, "cc"));

    EXPECT_EQ(this->stored()->holder, "bb");
    EXPECT_FALSE(this->stored()->settled) << "what the other moved is still to be put back";
    EXPECT_FALSE(this->hold(lost, true));
}

/// One process that installs packs.
struct Process {
    Process(asio::io_context& loop, Database& database, MemoryPackStore& shared_store)
        : clock(make_wall_clock(loop.get_executor())), bus(make_memory_bus()),
          installer({database, *bus, pool, *clock, random, shared_store}) {}

    task<void> install(const std::string& version, int& done) {
        flow::PackToInstall wanted;
        wanted.contents.pack.ref = "demo";
        wanted.contents.pack.label = "Demo";
        wanted.contents.pack.version = version;
        wanted.files["pack.yaml"] = {version, false};
        wanted.force = true;
        const auto result =
            co_await installer.install(wanted, [](Session&, const std::optional<Pack>&) -> Result<void> { return {}; });
        EXPECT_TRUE(result) << result.error().text();
        ++done;
    }

    FakePool pool;
    std::unique_ptr<Clock> clock;
    std::unique_ptr<Bus> bus;
    SystemRandom random;
    PackInstaller installer;
};

TYPED_TEST(PackLocks, LeaveTheFilesAndRowsOfOneInstallation) {
    auto other = this->another();
    ASSERT_TRUE(this->write([](Session& session) { return flow::ensure_instance(session, "uuid", kNow); }));
    MemoryPackStore store;
    asio::io_context loop;
    Process first(loop, *this->db, store);
    Process second(loop, other ? *other : *this->db, store);
    int done = 0;
    for (int i = 0; i < 6; ++i) {
        auto& process = i % 2 == 0 ? first : second;
        asio::co_spawn(loop, process.install(fmt::format("1.0.{}", i), done), [](std::exception_ptr failure) {
            if (failure) std::rethrow_exception(failure);
        });
    }

    loop.run();

    EXPECT_EQ(done, 6);
    const auto pack = *this->read([](Session& session) { return flow::get_pack(session, "demo"); });
    EXPECT_EQ(store.content("demo", "pack.yaml"), pack.version);
    EXPECT_TRUE(store.is_settled());
    EXPECT_FALSE(this->stored());
}

} // namespace
} // namespace attune::test
