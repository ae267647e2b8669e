#include "app/node/metrics_access.hpp"

namespace attune::app {

api::MetricsAccess metrics_access(const Settings& settings, const std::string& host) {
    const auto& wanted = settings.metrics;
    if (!wanted.enabled) return api::MetricsAccess::nobody;
    switch (wanted.login) {
    case MetricsLogin::always: return api::MetricsAccess::with_grant;
    case MetricsLogin::never: return api::MetricsAccess::everybody;
    case MetricsLogin::remote: break;
    }
    const bool is_loopback = host == "localhost" || host == "::1" || host == "[::1]" || host.starts_with("127.");
    return is_loopback ? api::MetricsAccess::everybody : api::MetricsAccess::with_grant;
}

} // namespace attune::app
