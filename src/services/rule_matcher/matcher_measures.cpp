#include "services/rule_matcher/matcher_measures.hpp"

#include "base/enums.hpp"
#include "domain/event.hpp"

#include <algorithm>
#include <unordered_set>

namespace attune::services {

MatcherMeasures::MatcherMeasures(Metrics& metrics)
    : decided_(metrics.counter(Metric::events_decided)), decision_(metrics.histogram(Metric::event_decision)),
      matched_(metrics.counters(Metric::rule_evaluations).of("matched")),
      unmatched_(metrics.counters(Metric::rule_evaluations).of("unmatched")),
      enforcements_(metrics.counters(Metric::enforcements)),
      skipped_(metrics.counters(Metric::runs_held_back).of("skipped")),
      queued_(metrics.counters(Metric::runs_held_back).of("queued")),
      cancelled_(metrics.counters(Metric::runs_held_back).of("cancelled")),
      throttled_(metrics.counters(Metric::runs_held_back).of("throttled")),
      superseded_(metrics.counters(Metric::runs_held_back).of("superseded")) {}

void MatcherMeasures::decided(const std::vector<Event>& events, const flow::Decisions& batch,
                              const flow::DecideOutcome& outcome, Timestamp now) {
    decided_.add(outcome.decided.size());
    for (const auto i : outcome.decided) {
        decision_.observe(now - events[i].created);
        met(batch.events[i]);
    }
    made(batch, outcome);
}

/// One line of the explanation for each rule that was met; an event that met none is explained by an object.
void MatcherMeasures::met(const flow::Decisions::OfEvent& one) {
    const auto* lines = one.decision.if_array();
    if (lines == nullptr) return;
    const auto matched = static_cast<std::size_t>(std::ranges::count_if(*lines, [](const json::value& line) {
        const auto* held = find_member(line, "matched");
        return held != nullptr && *held == true;
    }));
    matched_.add(matched);
    unmatched_.add(lines->size() - matched);
}

void MatcherMeasures::made(const flow::Decisions& batch, const flow::DecideOutcome& outcome) {
    skipped_.add(outcome.skipped.size());
    queued_.add(outcome.waiting.size());
    cancelled_.add(outcome.cancelled.size());
    throttled_.add(outcome.throttled.size());
    superseded_.add(outcome.superseded.size());
    const std::unordered_set<EnforcementId> unmade(outcome.throttled.begin(), outcome.throttled.end());
    for (const auto i : outcome.decided) {
        for (const auto& enforcement : batch.events[i].enforcements) {
            if (!unmade.contains(enforcement.id)) enforcements_.of(enum_name(enforcement.status)).add();
        }
    }
}

} // namespace attune::services
