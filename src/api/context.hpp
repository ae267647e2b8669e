#pragma once
#include "api/audit_log.hpp"
#include "base/file_entry.hpp"
#include "flow/commit.hpp"
#include "flow/definitions.hpp"
#include "flow/ids.hpp"
#include "logic/access/login_limiter.hpp"
#include "runtime/announcements.hpp"
#include "runtime/blocking_pool.hpp"
#include "runtime/bus.hpp"
#include "runtime/clock.hpp"
#include "runtime/digests.hpp"
#include "runtime/metrics.hpp"
#include "runtime/pack_store.hpp"
#include "runtime/password_hasher.hpp"
#include "runtime/random.hpp"
#include "runtime/service_group.hpp"
#include "runtime/token_signer.hpp"
#include "storage/database.hpp"

#include <functional>
#include <map>
#include <string>

namespace attune::api {

/// A pack as it was read, and its files, so that it can be stored.
struct LoadedPack {
    logic::packs::PackDefinition contents;
    FileTree files;
};

/// What the routes are made of. All of it outlives them; the clock is that of the HTTP loop.
struct Context {
    Clock& clock;
    Bus& bus;
    Database& db;
    Random& random;
    flow::IdAllocator& ids;
    BlockingPool& pool; ///< password hashing, unpacking
    TokenSigner& signer;
    PasswordHasher& hasher;
    Digests& digests;
    PackStore& pack_store;
    asio::any_io_executor loop;

    struct Options {
        std::string version;
        bool allow_self_registration = false;
        Duration access_token_ttl = 1h;
        Duration refresh_token_ttl = 7 * 24h;
        logic::access::LoginLimiter::Options login;
        std::size_t payload_limit = 1024 * 1024;
        std::size_t upload_limit = std::size_t{100} * 1024 * 1024; ///< bytes of a pack's archive
    };
    Options options;

    /// Reads a pack from a directory, or from the bytes of a .tar.gz (adapters behind these two).
    std::function<Result<LoadedPack>(const std::string& directory)> read_pack_directory;
    std::function<Result<LoadedPack>(std::string_view archive)> read_pack_archive;
    /// The `events` of a calendar's definition from the text of an .ics file. Errors: `invalid`, field `ics`.
    std::function<Result<json::array>(std::string_view ics)> read_icalendar = {};
    /// Somebody changed his password; runs in the pool.
    std::function<void(const std::string& login)> password_changed = {};
    Announcements* announcements = nullptr; ///< none: nobody outside is told
    Metrics& metrics = Metrics::unread();
};

/// Commits a change that the caller asked for, records it in the audit log, and applies what follows from it.
template <class F>
auto commit(const Context& context, const Caller& caller, F fn) {
    return flow::commit(context.db, {context.bus, context.metrics, context.announcements}, actor_of(caller),
                        std::move(fn), {.lane = Lane::flow, .savepoint = true});
}

} // namespace attune::api
