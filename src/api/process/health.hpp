#pragma once
#include "api/process_probe.hpp"
#include "api/router.hpp"
#include "api/shared_read.hpp"
#include "storage/migrate.hpp"

namespace attune::api {

struct HealthView {
    std::string status = "ok";
};
ATTUNE_STRUCT(HealthView);

/// GET /health, /health/live, /health/ready, /health/detailed: open, and without an envelope. Each answers within
/// seconds, whatever hangs.
///  - live: whether the process does its work at all; what a restart may mend: a loop that hangs.
///  - ready: whether everything that its roles need works. A bus that is down is not among that: work moves without.
///  - detailed: each part, with the reason.
class HealthRoutes {
public:
    explicit HealthRoutes(const ProcessProbe& probe);
    void declare(Router& r);

private:
    task<Result<Raw>> live();
    task<Result<Bare<HealthView>>> alive();
    task<Result<Raw>> ready();
    task<Result<Raw>> detailed();
    task<std::vector<PartState>> parts();
    task<PartState> database();
    PartState bus() const;
    PartState loops();

    const ProcessProbe& probe_;
    SharedRead<SchemaDifference> schema_;
};

} // namespace attune::api
