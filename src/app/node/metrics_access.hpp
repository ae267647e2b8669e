#pragma once
#include "api/process_probe.hpp"
#include "app/settings.hpp"

namespace attune::app {

/// Who may read the metrics of a server that listens on `host`, by the settings metrics.enabled and metrics.login.
api::MetricsAccess metrics_access(const Settings& settings, const std::string& host);

} // namespace attune::app
