#pragma once
#include "domain/event.hpp"
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
    /// One event's decision while it is made.
    struct Draft {
        const Event& event;
        flow::Decisions::OfEvent& out;
        std::optional<json::value> payload;  ///< with its secrets, when a rule's templates use them
        json::array explained;               ///< a line for each rule
        std::vector<const CompiledRule*> of; ///< the enforcements' rules
    };
    task<Result<std::vector<Event>>> undecided();
    task<Result<flow::Decisions>> decide(const std::vector<Event>& events);
    task<Result<void>> open_payloads(std::vector<Draft>& drafts);
    std::optional<json::object> payload_schema(const Event& event) const;
    void decide_one(Draft& draft, flow::Decisions& batch) const;
    void apply(const CompiledRule& rule, Draft& draft, flow::Decisions& batch) const;
    task<Result<void>> number(flow::Decisions& decisions);
    Result<void> seal(std::vector<Draft>& drafts, Timestamp now) const;
    void note_others(std::size_t taken, std::size_t decided);

    Ports ports_;
    Options options_;
    CompiledRules rules_;
    MatcherMeasures measures_;
    flow::Stripe stripe_; ///< all, as long as no other matcher is met
};

} // namespace attune::services
