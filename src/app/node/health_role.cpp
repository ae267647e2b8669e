#include "app/node/health_role.hpp"

#include "api/process/process_api.hpp"
#include "app/node/api_role.hpp"
#include "app/node/metrics_access.hpp"

namespace attune::app {
namespace {

/// Nobody logs in here: all routes are open.
class Nobody final : public api::Authenticator {
public:
    task<Result<api::Caller>> authenticate(const api::RawRequest&) override {
        co_return Error{Errc::unauthenticated, std::string(api::kTokenMissing)};
    }
};

/// Nobody can log in here: who reaches the address reads all or, beyond this machine and unless told otherwise, none.
api::ProcessProbe probe_of(Infrastructure& shared) {
    auto out = shared.probe();
    out.metrics_access = metrics_access(shared.settings, shared.settings.health.host);
    if (out.metrics_access == api::MetricsAccess::with_grant) out.metrics_access = api::MetricsAccess::nobody;
    return out;
}

class HealthRole final : public RolePart {
public:
    explicit HealthRole(Infrastructure& shared)
        : shared_(shared), router_(nobody_), process_(probe_of(shared)),
          http_(shared.http_loop.executor(), router_, http_options(shared.settings.server)) {
        process_.declare(router_);
        router_.measure(shared.metrics, shared.http_loop.clock());
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
    void stop() override { stop_http(shared_.http_loop, http_); }

private:
    Infrastructure& shared_;
    Nobody nobody_;
    api::Router router_;
    api::ProcessApi process_;
    http::HttpServer http_;
};

} // namespace

Result<std::unique_ptr<RolePart>> make_health_role(Infrastructure& shared) {
    auto role = std::make_unique<HealthRole>(shared);
    CHECK(role->listen());
    return std::unique_ptr<RolePart>(std::move(role));
}

} // namespace attune::app
