#pragma once
// The ports of the API's context, as simple as they can be.
#include "api/api_test_support.hpp"
#include "api/auth/standings.hpp"
#include "api/context.hpp"
#include "api/server/api.hpp"
#include "support/fake_pool.hpp"
#include "support/memory_pack_store.hpp"
#include "support/world.hpp"

namespace attune::api {

/// Signs nothing and knows nobody.
class FakeTokens final : public TokenSigner {
public:
    std::string sign(const Claims&) const override { return "token"; }
    Result<Claims> verify(std::string_view, Timestamp, std::initializer_list<TokenType>) const override {
        return Error{Errc::unauthenticated, std::string(kTokenInvalid)};
    }
};

/// A password is its own hash.
class FakePasswords final : public PasswordHasher {
public:
    Result<std::string> hash(const std::string& password) override { return password; }
    bool verify(const std::string& password, const std::string& phc) override { return password == phc; }
    void verify_nobody(const std::string&) override {}
};

/// A context over a world.
struct FakeContext {
    explicit FakeContext(test::World& world)
        : context{.clock = world.clock,
                  .bus = world.bus,
                  .db = world.db,
                  .random = world.random,
                  .ids = world.ids,
                  .pool = pool,
                  .signer = signer,
                  .hasher = hasher,
                  .digests = *digests,
                  .pack_store = pack_store,
                  .loop = world.loop.get_executor(),
                  .options = {},
                  .read_pack_directory = [](const std::string&) -> Result<LoadedPack> {
                      return Error{Errc::not_found, "there is no such folder", "path"};
                  },
                  .read_pack_archive = [](std::string_view) -> Result<LoadedPack> {
                      return Error{Errc::bad_request, "no archive"};
                  },
                  .read_icalendar = [](std::string_view text) -> Result<json::array> {
                      if (text != "good") return invalid("ics", "expected an .ics file");
                      return json::array{json::object{{"start", "2026-01-01"}}};
                  }} {}

    FakeTokens signer;
    FakePasswords hasher;
    std::unique_ptr<Digests> digests = crypto::make_digests();
    test::FakePool pool;
    test::MemoryPackStore pack_store;
    Context context;
};

/// All routes over a world, for callers whose names are their tokens.
struct FakeApi {
    FakeApi(test::World& the_world, Context& context)
        : world(the_world), group(world.loop.get_executor(), world.clock), loops(world.clock), standings(world.db),
          router(authenticator), feed({world.clock, world.bus, world.db, world.loop.get_executor(), group}),
          api(context, {world.db, world.bus, world.clock, group, loops, world.metrics}, feed, standings) {
        api.declare(router);
    }
    FakeApi(const FakeApi&) = delete;
    FakeApi& operator=(const FakeApi&) = delete;
    ~FakeApi() {
        group.request_stop();
        world.clock.run_until_idle();
    }

    test::World& world;
    ServiceGroup group;
    LoopWatch loops;
    DatabaseStandings standings;
    FakeAuthenticator authenticator;
    Router router;
    live::Feed feed;
    Api api;
};

} // namespace attune::api
