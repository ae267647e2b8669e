#pragma once
#include "api/router.hpp"
#include "storage/database.hpp"

#include <functional>

namespace attune::api {

struct HealthView {
    std::string status = "ok";
};
BOOST_DESCRIBE_STRUCT(HealthView, (), (status))

/// What is asked about the health of a process.
struct HealthProbe {
    Database& db;
    std::string version;
    std::function<std::size_t()> armed_timers;               ///< none: no timers run in this process
    std::function<bool()> is_stopping;                       ///< thread-safe; none: it is not
    std::function<std::optional<Timestamp>()> timers_proved; ///< none: no timers run in this process
    std::function<json::object()> message_queue;             ///< its state; none: there is no message queue
};

/// GET /health, /health/detailed, /health/ready, /health/live: open, and without an envelope.
class HealthRoutes {
public:
    explicit HealthRoutes(HealthProbe probe) : probe_(std::move(probe)) {}
    void declare(Router& r);

private:
    task<Result<Bare<HealthView>>> alive();
    task<Result<Raw>> detailed();
    task<Result<Raw>> ready();
    /// Nothing when the database answers and takes writes; else why not.
    task<std::optional<std::string>> trouble();

    HealthProbe probe_;
};

} // namespace attune::api
