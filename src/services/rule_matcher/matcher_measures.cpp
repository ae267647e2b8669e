#include "services/rule_matcher/matcher_measures.hpp"

#include "base/enums.hpp"
#include "domain/event.hpp"

namespace attune::services {

MatcherMeasures::MatcherMeasures(Metrics& metrics)
    : decided_(metrics.counter(Metric::events_decided)), decision_(metrics.histogram(Metric::event_decision)),
      matched_(metrics.counters(Metric::rule_evaluations).of("matched")),
      unmatched_(metrics.counters(Metric::rule_evaluations).of("unmatched")),
      enforcements_(metrics.counters(Metric::enforcements)),
      skipped_(metrics.counters(Metric::runs_held_back).of("skipped")),
      queued_(metrics.counters(Metric::runs_held_back).of("queued")),
      cancelled_(metrics.counters(Metric::runs_held_back).of("cancelled")) {}

void MatcherMeasures::decided(const std::vector<Event>& events, const flow::Decisions& batch,
                              const flow::DecideOutcome& outcome, Timestamp now) {
    decided_.add(outcome.decided.size());
    skipped_.add(outcome.skipped.size());
    queued_.add(outcome.waiting.size());
    cancelled_.add(outcome.cancelled.size());
    for (const auto i : outcome.decided) {
        decision_.observe(now - events[i].created);
        met(batch.events[i]);
    }
}

/// One line of the explanation for each rule that was met; an event that met none is explained by an object.
void MatcherMeasures::met(const flow::Decisions::OfEvent& one) {
    matched_.add(one.enforcements.size());
    if (const auto* lines = one.decision.if_array()) unmatched_.add(lines->size() - one.enforcements.size());
    for (const auto& enforcement : one.enforcements) enforcements_.of(enum_name(enforcement.status)).add();
}

} // namespace attune::services
