#pragma once
#include "api/context.hpp"
#include "api/router.hpp"

namespace attune::api {

struct HealthView {
    std::string status = "ok";
};
BOOST_DESCRIBE_STRUCT(HealthView, (), (status))

/// GET /health, /health/detailed, /health/ready, /health/live: open, and without an envelope.
class HealthRoutes {
public:
    explicit HealthRoutes(Context& ctx) : ctx_(ctx) {}
    void declare(Router& r);

private:
    task<Result<Bare<HealthView>>> alive();
    task<Result<Raw>> detailed();
    task<Result<Raw>> ready();
    /// Nothing when the database answers and takes writes; else why not.
    task<std::optional<std::string>> trouble();

    Context& ctx_;
};

} // namespace attune::api
