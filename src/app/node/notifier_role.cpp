#include "app/node/notifier_role.hpp"

#include "api/auth/standings.hpp"
#include "api/notifications/notification_api.hpp"
#include "api/process/process_api.hpp"
#include "app/node/api_role.hpp"
#include "app/node/metrics_access.hpp"
#include "base/log.hpp"

namespace attune::app {
namespace {

constexpr std::uint32_t kOtherConnections = 100; ///< beside those of clients: health, metrics

class NotifierRole final : public RolePart {
public:
    NotifierRole(Infrastructure& shared, TokenSigner& signer)
        : shared_(shared), standings_(*shared.db), authenticator_(signer, standings_, shared.http_loop.clock()),
          router_(authenticator_), process_(probe_of(shared)),
          notifications_(shared.notification_ports(), signer, standings_,
                         notification_options(shared.settings.notifier)),
          http_(shared.http_loop.executor(), router_, options_of(shared.settings)) {
        process_.declare(router_);
        notifications_.declare(router_);
        router_.measure(shared.metrics, shared.http_loop.clock());
    }

    Result<void> listen() {
        const auto& wanted = shared_.settings.notifier;
        if (auto listening = http_.listen(wanted.host, wanted.port); !listening) {
            auto error = listening.error();
            error.field = "notifier.port";
            error.message += fmt::format(" (settings notifier.host and notifier.port; another port: "
                                         "ATTUNE__NOTIFIER__PORT={})",
                                         wanted.port + 1);
            return error;
        }
        const auto address = http_.addresses().front();
        log::info("the notifier listens on ws://{}/ws", address);
        if (shared_.own_url.empty()) shared_.own_url = fmt::format("http://{}", address);
        return {};
    }
    void start() override {}
    void stop() override { stop_http(shared_.http_loop, http_); }

private:
    static api::ProcessProbe probe_of(Infrastructure& shared) {
        auto out = shared.probe();
        out.metrics_access = metrics_access(shared.settings, shared.settings.notifier.host);
        return out;
    }
    static http::HttpServerOptions options_of(const Settings& settings) {
        auto out = http_options(settings.server);
        out.connections = settings.notifier.max_clients + kOtherConnections;
        return out;
    }

    Infrastructure& shared_;
    api::DatabaseStandings standings_;
    api::BearerAuthenticator authenticator_;
    api::Router router_;
    api::ProcessApi process_;
    api::NotificationApi notifications_;
    http::HttpServer http_;
};

} // namespace

Result<void> make_notifier_role(Infrastructure& shared, std::unique_ptr<RolePart>& made) {
    TRY(auto* signer, shared.signer());
    auto role = std::make_unique<NotifierRole>(shared, *signer);
    CHECK(role->listen());
    made = std::move(role);
    return {};
}

api::NotificationOptions notification_options(const NotifierSettings& notifier) {
    api::NotificationOptions out;
    out.clients = notifier.max_clients;
    out.filters = notifier.max_subscriptions;
    out.queued = notifier.queue_limit;
    return out;
}

} // namespace attune::app
