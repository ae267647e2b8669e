#include "services/timer_scheduler/timer_measures.hpp"

namespace attune::services {

TimerMeasures::TimerMeasures(Metrics& metrics)
    : armed(metrics.gauge(Metric::timers_armed)), proved(metrics.gauge(Metric::timers_proved)),
      recorded_(metrics.counters(Metric::events_recorded).of("timer")),
      normal_(metrics.counters(Metric::timer_firings).of("normal")),
      misfired_(metrics.counters(Metric::timer_firings).of("misfire")),
      skipped_(metrics.counters(Metric::timer_times_not_fired).of("skipped")),
      missed_(metrics.counters(Metric::timer_times_not_fired).of("missed")),
      dropped_(metrics.counters(Metric::timer_times_not_fired).of("dropped")),
      lateness_(metrics.histogram(Metric::timer_lateness)) {}

void TimerMeasures::fired(const flow::Firing& firing, Timestamp now) {
    const auto count = [](auto number) { return static_cast<std::uint64_t>(number); };
    recorded_.add(firing.events.size());
    normal_.add(firing.in_time.size());
    misfired_.add(firing.events.size() - firing.in_time.size());
    skipped_.add(count(firing.passed.skipped));
    missed_.add(count(firing.passed.missed));
    dropped_.add(count(firing.passed.dropped));
    for (const auto due : firing.in_time) lateness_.observe(now - due);
}

} // namespace attune::services
