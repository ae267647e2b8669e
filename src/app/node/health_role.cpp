#include "app/node/health_role.hpp"

#include "api/routes/health.hpp"
#include "app/node/api_role.hpp"
#include "app/version.hpp"

namespace attune::app {
namespace {

/// Nobody logs in here: all routes are open.
class Nobody final : public api::Authenticator {
public:
    task<Result<api::Caller>> authenticate(const api::RawRequest&) override {
        co_return Error{Errc::unauthenticated, std::string(api::kTokenMissing)};
    }
};

class HealthRole final : public RolePart {
public:
    explicit HealthRole(Infrastructure& shared)
        : shared_(shared), router_(nobody_),
          health_({*shared.db, std::string(kVersion), shared.armed_timers,
                   [&shared] { return shared.is_stopping.load(); }, shared.timers_proved, shared.message_queue}),
          http_(shared.http_loop.executor(), router_, http_options(shared.settings.server)) {
        health_.declare(router_);
    }

    Result<void> listen() {
        const auto& wanted = shared_.settings.health;
        if (auto listening = http_.listen(wanted.host, wanted.port); !listening) {
            auto error = listening.error();
            error.message += " (settings health.host and health.port; port 0 takes any that is free)";
            return error;
        }
        shared_.own_url = fmt::format("http://{}", http_.addresses().front());
        return {};
    }
    void start() override {}
    void stop() override {
        stop_http(shared_.http_loop, http_);
        shared_.http_loop.stop();
    }

private:
    Infrastructure& shared_;
    Nobody nobody_;
    api::Router router_;
    api::HealthRoutes health_;
    http::HttpServer http_;
};

} // namespace

Result<std::unique_ptr<RolePart>> make_health_role(Infrastructure& shared) {
    auto role = std::make_unique<HealthRole>(shared);
    CHECK(role->listen());
    return std::unique_ptr<RolePart>(std::move(role));
}

} // namespace attune::app
