#pragma once
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
};

/// How often a service looks at the database although no doorbell rang: seldom while the bus is up.
inline Duration sweep_interval(const Bus& bus) {
    return bus.is_up() ? Duration{5s} : Duration{1s};
}

/// How long a service waits before it tries again after the database failed it.
constexpr Duration kRetryPause = 1s;

template <class IdType>
std::vector<std::int64_t> numbers(const std::vector<IdType>& ids) {
    std::vector<std::int64_t> out;
    out.reserve(ids.size());
    for (const auto id : ids) out.push_back(id.value);
    return out;
}

} // namespace attune::services
