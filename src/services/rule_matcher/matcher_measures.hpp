#pragma once
#include "domain/event.hpp"
#include "flow/events.hpp"
#include "runtime/metrics.hpp"

namespace attune::services {

/// What the rule matcher counts.
class MatcherMeasures {
public:
    explicit MatcherMeasures(Metrics& metrics);

    /// What was decided of these events, committed at `now`; `batch` has one decision for each, in their order.
    void decided(const std::vector<Event>& events, const flow::Decisions& batch, const flow::DecideOutcome& outcome,
                 Timestamp now);
    /// What was made of them, or of matches that were due, and what held runs back.
    void made(const flow::Decisions& batch, const flow::DecideOutcome& outcome);

private:
    void met(const flow::Decisions::OfEvent& one);

    Counter& decided_;
    Histogram& decision_;
    Counter& matched_;
    Counter& unmatched_;
    CounterSet enforcements_;
    Counter& skipped_;
    Counter& queued_;
    Counter& cancelled_;
    Counter& throttled_;
    Counter& superseded_;
};

} // namespace attune::services
