#pragma once
#include "flow/events.hpp"
#include "services/role.hpp"
#include "services/rule_matcher/compiled_rules.hpp"
#include "services/rule_matcher/matcher_measures.hpp"

namespace attune::services {

/// Turns recorded events into decisions: which rules matched, and why the others did not; enforcements; executions. Any
/// number may run: an event is decided by whoever writes first. On stop, the write in hand is finished.
class RuleMatcher {
public:
    struct Options {
        std::int64_t batch = 500;
        std::size_t cached_rules = 10'000;
    };
    RuleMatcher(Ports ports, Options options)
        : ports_(ports), options_(options), rules_(ports.db, ports.ids, options.cached_rules),
          measures_(ports.metrics) {}

    task<void> run();
    /// Decides one batch; how many events it took up.
    task<Result<std::size_t>> run_once();

private:
    task<Result<flow::Decisions>> decide(const std::vector<Event>& events);
    void decide_one(const Event& event, flow::Decisions& batch, flow::Decisions::OfEvent& out) const;
    void apply(const CompiledRule& rule, const Event& event, flow::Decisions& batch, json::array& explained,
               flow::Decisions::OfEvent& out) const;
    task<Result<void>> number(flow::Decisions& decisions);
    void ring(const flow::Decisions& decisions, const flow::DecideOutcome& outcome) const;

    Ports ports_;
    Options options_;
    CompiledRules rules_;
    MatcherMeasures measures_;
};

} // namespace attune::services
