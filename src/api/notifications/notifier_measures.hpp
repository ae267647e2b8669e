#pragma once
#include "runtime/metrics.hpp"

namespace attune::api {

/// What the notifications count. A view of the process's metrics: cheap to copy.
struct NotifierMeasures {
    explicit NotifierMeasures(Metrics& metrics)
        : clients(metrics.gauge(Metric::notifier_clients)), messages(metrics.counter(Metric::notifier_messages)),
          ended(metrics.counters(Metric::notifier_clients_ended)), delay(metrics.histogram(Metric::notifier_delay)) {}

    Gauge& clients;
    Counter& messages;
    CounterSet ended;
    Histogram& delay;
};

} // namespace attune::api
