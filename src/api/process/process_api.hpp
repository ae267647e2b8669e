#pragma once
#include "api/process/health.hpp"
#include "api/process/metrics.hpp"

namespace attune::api {

/// What every process answers about itself, whatever its roles: its health and its numbers. Outlives the router's use
/// and the group's coroutines.
class ProcessApi {
public:
    explicit ProcessApi(ProcessProbe probe) : probe_(std::move(probe)), health_(probe_), metrics_(probe_) {}
    void declare(Router& r) {
        health_.declare(r);
        metrics_.declare(r);
    }

private:
    const ProcessProbe probe_;
    HealthRoutes health_;
    MetricsRoutes metrics_;
};

} // namespace attune::api
