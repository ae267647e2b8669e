#pragma once
#include "flow/timers.hpp"
#include "runtime/metrics.hpp"

namespace attune::services {

/// What the timer scheduler counts.
class TimerMeasures {
public:
    explicit TimerMeasures(Metrics& metrics);

    /// Of one timer, committed at `now`.
    void fired(const flow::Firing& firing, Timestamp now);

    Gauge& armed;
    Gauge& proved;

private:
    Counter& recorded_;
    Counter& normal_;
    Counter& misfired_;
    Counter& skipped_;
    Counter& missed_;
    Counter& dropped_;
    Histogram& lateness_;
};

} // namespace attune::services
