#pragma once
#include "flow/commit.hpp"
#include "flow/ids.hpp"
#include "runtime/bus.hpp"
#include "runtime/clock.hpp"
#include "runtime/metrics.hpp"
#include "runtime/random.hpp"
#include "storage/database.hpp"

namespace attune::services {

/// What every service is made of. All of it outlives the service; the clock is that of the service's loop.
struct Ports {
    Clock& clock;
    Bus& bus;
    Database& db;
    Random& random;
    flow::IdAllocator& ids;
    Metrics& metrics = Metrics::unread();
    Duration phase{}; ///< where in each period this process wakes, so that those of a fleet do not wake together
};

/// Commits a change of the flow, and applies what follows from it.
template <class F>
auto commit(const Ports& ports, F fn, Database::WriteOptions options = {}) {
    return flow::commit(ports.db, {ports.bus, ports.metrics}, nullptr, std::move(fn), options);
}

/// How often a service looks at the database although no doorbell rang: seldom while the bus is up.
inline Duration sweep_interval(const Bus& bus) {
    return bus.is_up() ? Duration{5s} : Duration{1s};
}

/// The next instant of a grid of `period` that all services of the process share: what is done now and then is done in
/// the same moment, and an idle process sleeps in between.
inline Timestamp next_tick(const Ports& ports, Duration period) {
    const auto since = ports.clock.now().time_since_epoch() - ports.phase;
    return Timestamp{(since / period + 1) * period + ports.phase};
}

/// How long a service waits before it tries again after the database failed it.
constexpr Duration kRetryPause = 1s;

} // namespace attune::services
