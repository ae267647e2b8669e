#pragma once
#include "api/process_probe.hpp"
#include "api/router.hpp"
#include "api/shared_read.hpp"
#include "flow/depths.hpp"

namespace attune::api {

/// GET /metrics: the Prometheus text format 0.0.4. What waits in the database is counted when it is asked for; when
/// the database does not answer, all the other numbers are shown without it.
class MetricsRoutes {
public:
    explicit MetricsRoutes(const ProcessProbe& probe);
    void declare(Router& r);

private:
    task<Result<Raw>> show();
    void show_bus(Exposition& out) const;

    const ProcessProbe& probe_;
    SharedRead<flow::Depths> depths_;
};

} // namespace attune::api
