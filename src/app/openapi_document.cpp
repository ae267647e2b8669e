#include "app/openapi_document.hpp"

#include "adapters/blocking_pool/blocking_pool.hpp"
#include "adapters/crypto/crypto.hpp"
#include "adapters/memory_bus/memory_bus.hpp"
#include "adapters/pack_store/pack_store.hpp"
#include "adapters/system_random/system_random.hpp"
#include "api/auth/standings.hpp"
#include "api/server/api.hpp"
#include "app/loop.hpp"
#include "app/version.hpp"

namespace attune::app {
namespace {

/// The routes are declared, and never called.
class NoDatabase final : public Database {
public:
    std::optional<std::string> trouble() const override { return "there is none"; }

protected:
    task<Result<void>> submit_read(Unit) override { co_return none(); }
    task<Result<void>> submit_write(WriteOptions, Unit) override { co_return none(); }
    Result<void> run_blocking(Unit) override { return none(); }

private:
    static Error none() { return Error{Errc::unavailable, "there is no database"}; }
};

class Nobody final : public api::Authenticator {
public:
    task<Result<api::Caller>> authenticate(const api::RawRequest&) override {
        co_return Error{Errc::unauthenticated, std::string(api::kTokenMissing)};
    }
};

} // namespace

Result<std::string> openapi_document() {
    Loop loop;
    NoDatabase db;
    SystemRandom random;
    Nobody nobody;
    flow::IdAllocator ids(db);
    const auto bus = make_memory_bus();
    const auto pool = make_blocking_pool(1, 1);
    const auto hasher = crypto::make_password_hasher(random);
    const auto digests = crypto::make_digests();
    const auto packs = make_pack_store("");
    TRY(const auto signer, crypto::make_token_signer(random.bytes(32)));
    api::Context context{loop.clock(), *bus,     db,     random,          ids, *pool, *signer,
                         *hasher,      *digests, *packs, loop.executor(), {},  {},    {}};
    context.options.version = ATTUNE_VERSION;
    Metrics metrics;
    LoopWatch loops(loop.clock());
    api::Router router(nobody);
    api::DatabaseStandings standings(db);
    live::Feed feed({loop.clock(), *bus, db, loop.executor(), loop.group()});
    api::Api api(context, {db, *bus, loop.clock(), loop.group(), loops, metrics}, feed, standings);
    api.declare(router);
    return to_pretty_text(api::openapi_document(router.routes())) + "\n";
}

} // namespace attune::app
