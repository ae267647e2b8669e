#pragma once
#include "domain/event.hpp"
#include "flow/events.hpp"
#include "services/role.hpp"
#include "services/rule_matcher/compiled_rules.hpp"
#include "services/rule_matcher/decision_draft.hpp"
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
    /// Decides one batch, and matches that are due; how many events it took up.
    task<Result<std::size_t>> run_once();

private:
    using Drafts = std::vector<DecisionDraft>;
    task<Result<std::vector<Event>>> undecided();
    task<Result<std::size_t>> decide_undecided();
    /// Matches that waited for whether another event follows, and are due.
    task<Result<std::size_t>> decide_due();
    struct Due {
        std::vector<DebouncedMatch> matches;
        std::vector<Event> events; ///< of each match: it names its rule
    };
    task<Result<Due>> due();
    /// `due`: empty, or a match for each of the events.
    task<Result<flow::Decisions>> decide(const std::vector<Event>& events, const std::vector<DebouncedMatch>& due);
    task<Result<void>> open_payloads(Drafts& drafts);
    std::optional<json::object> payload_schema(const Event& event) const;
    task<Result<void>> number(Drafts& drafts);
    void note_others(std::size_t taken, std::size_t decided);
    void expect_due(const flow::Decisions& decisions);

    Ports ports_;
    Options options_;
    CompiledRules rules_;
    MatcherMeasures measures_;
    flow::Stripe stripe_;   ///< all, as long as no other matcher is met
    Timestamp look_at_due_; ///< when the next match may be due
};

} // namespace attune::services
