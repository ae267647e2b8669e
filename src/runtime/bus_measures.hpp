#pragma once
#include "runtime/metrics.hpp"

namespace attune {

/// What a bus counts. Every bus of a process has one, also one that never reconnects.
class BusMeasures {
public:
    explicit BusMeasures(Metrics& metrics)
        : up(metrics.gauge(Metric::bus_up)), reconnections(metrics.counter(Metric::bus_reconnections)),
          sent(metrics.counter(Metric::bus_messages_sent)), received(metrics.counter(Metric::bus_messages_received)),
          dropped(metrics.counter(Metric::bus_messages_dropped)) {}

    Gauge& up; ///< 1 while doorbells reach all processes
    Counter& reconnections;
    Counter& sent;
    Counter& received;
    Counter& dropped;
};

} // namespace attune
