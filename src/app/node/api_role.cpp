#include "app/node/api_role.hpp"

#include "adapters/archive/unpack.hpp"
#include "adapters/blocking_pool/blocking_pool.hpp"
#include "adapters/icalendar/read_icalendar.hpp"
#include "adapters/pack_store/pack_store.hpp"
#include "api/audit_log.hpp"
#include "api/auth/bearer.hpp"
#include "api/auth/standings.hpp"
#include "api/server/api.hpp"
#include "app/node/administrator.hpp"
#include "app/node/core_pack.hpp"
#include "app/node/metrics_access.hpp"
#include "app/node/notifier_role.hpp"
#include "app/pack_files.hpp"
#include "app/version.hpp"
#include "base/log.hpp"

namespace attune::app {
namespace {

constexpr std::size_t kWaitingForPool = 64; ///< passwords and archives that wait; more are refused with 503

class ApiRole final : public RolePart {
public:
    ApiRole(Infrastructure& shared, TokenSigner& signer)
        : shared_(shared), signer_(signer),
          pool_(make_blocking_pool(shared.settings.security.password_hash_threads, kWaitingForPool)),
          hasher_(crypto::make_password_hasher(shared.random)), pack_store_(make_pack_store(shared.settings.packs_dir)),
          installer_({*shared.db, *shared.bus, *pool_, shared.http_loop.clock(), shared.random, *pack_store_}),
          context_(make_context()), standings_(*shared.db),
          authenticator_(signer, standings_, shared.http_loop.clock()),
          audit_(*shared.db, shared.http_loop.clock(), shared.random, shared.metrics), router_(authenticator_) {}

    PasswordHasher& hasher() { return *hasher_; }
    Result<void> listen();
    /// Of the server that has the database for itself.
    Result<void> end_interrupted_installations();
    void start() override;
    void stop() override { stop_http(shared_.http_loop, *http_); }

private:
    api::Context make_context();
    api::Context::Options context_options() const;

    Infrastructure& shared_;
    TokenSigner& signer_;
    std::unique_ptr<BlockingPool> pool_;
    std::unique_ptr<PasswordHasher> hasher_;
    std::unique_ptr<PackStore> pack_store_;
    flow::PackInstaller installer_;
    api::Context context_;
    api::DatabaseStandings standings_;
    api::BearerAuthenticator authenticator_;
    api::AuditLog audit_;
    api::Router router_;
    std::unique_ptr<api::Api> api_; ///< when it listens: what the process says about itself is known then
    std::unique_ptr<http::HttpServer> http_;
};

api::Context::Options ApiRole::context_options() const {
    const auto& settings = shared_.settings;
    api::Context::Options out;
    out.version = ATTUNE_VERSION;
    out.allow_self_registration = settings.security.allow_self_registration;
    out.access_token_ttl = settings.security.access_token_ttl;
    out.refresh_token_ttl = settings.security.refresh_token_ttl;
    out.login.per_login = settings.security.login_attempts;
    out.login.per_address = settings.security.login_attempts_per_address;
    out.login.window = settings.security.login_window;
    out.payload_limit = settings.events.payload_limit_bytes;
    out.upload_limit = settings.server.upload_limit_bytes;
    return out;
}

api::Context ApiRole::make_context() {
    return api::Context{shared_.http_loop.clock(),
                        *shared_.bus,
                        *shared_.db,
                        shared_.random,
                        *shared_.ids,
                        *pool_,
                        signer_,
                        *hasher_,
                        *shared_.digests,
                        *pack_store_,
                        shared_.http_loop.executor(),
                        context_options(),
                        [](const std::string& folder) -> Result<api::LoadedPack> {
                            TRY(auto files, read_directory(folder));
                            return load_pack(std::move(files));
                        },
                        [](std::string_view archive) -> Result<api::LoadedPack> {
                            TRY(auto files, adapters::archive::unpack_tar_gz(archive));
                            return load_pack(std::move(files));
                        },
                        &adapters::icalendar::read_icalendar,
                        [this](const std::string& login) { forget_first_password(shared_.settings, login); },
                        shared_.announcements,
                        shared_.metrics};
}

Result<void> ApiRole::end_interrupted_installations() {
    if (shared_.settings.is_cluster()) return {}; // when it has started: others may be at it
    return flow::end_interrupted_installations(*shared_.db, *pack_store_);
}

void ApiRole::start() {
    if (!shared_.settings.is_cluster()) return; // done before, at once
    shared_.http_loop.group().spawn("packs", [this] { return installer_.recover(); });
}

Result<void> ApiRole::listen() {
    const auto& server = shared_.settings.server;
    router_.body_limit_unless_declared(server.body_limit_bytes);
    router_.measure(shared_.metrics, shared_.http_loop.clock());
    router_.audit(audit_);
    TRY(auto proxies, logic::access::AddressList::parse(server.trusted_proxies, "server.trusted_proxies"));
    router_.trust(std::move(proxies));
    auto probe = shared_.probe();
    probe.metrics_access = metrics_access(shared_.settings, server.host);
    api_ = std::make_unique<api::Api>(context_, std::move(probe), *shared_.feed, standings_,
                                      notification_options(shared_.settings.notifier));
    api_->declare(router_);
    http_ = std::make_unique<http::HttpServer>(shared_.http_loop.executor(), router_, http_options(server));
    if (auto listening = http_->listen(server.host, server.port); !listening) {
        auto error = listening.error();
        error.message += fmt::format(" (settings server.host and server.port; another port: ATTUNE__SERVER__PORT={})",
                                     server.port + 1);
        return error;
    }
    shared_.own_url = fmt::format("http://{}", http_->addresses().front());
    if (server.public_url.empty()) shared_.api_url = shared_.own_url;
    return {};
}

} // namespace

Result<void> make_api_role(Infrastructure& shared, std::unique_ptr<RolePart>& made) {
    TRY(auto* signer, shared.signer());
    CHECK(write_core_pack(shared));
    CHECK(install_core_pack(shared));
    auto role = std::make_unique<ApiRole>(shared, *signer);
    CHECK(make_administrator(shared, role->hasher()));
    CHECK(role->end_interrupted_installations());
    CHECK(role->listen());
    made = std::move(role);
    return {};
}

http::HttpServerOptions http_options(const ServerSettings& server) {
    http::HttpServerOptions out;
    out.header_bytes = server.header_limit_bytes;
    out.connections = server.max_connections;
    out.header_timeout = server.header_timeout;
    out.idle_timeout = server.idle_timeout;
    out.body_timeout = server.body_timeout;
    return out;
}

void stop_http(Loop& loop, http::HttpServer& server) {
    loop.run([](http::HttpServer& one) -> task<void> {
        one.request_stop();
        co_await one.join();
    }(server));
}

} // namespace attune::app
