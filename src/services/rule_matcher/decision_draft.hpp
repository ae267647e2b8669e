#pragma once
#include "domain/evaluation.hpp"
#include "flow/events.hpp"
#include "services/rule_matcher/compiled_rules.hpp"

namespace attune::services {

/// One event's decision while it is made: pure, but for what the batch gathers.
class DecisionDraft {
public:
    static constexpr std::size_t kMostReasons =
        256 * 1024; ///< bytes of one event; beyond, non-matches are not explained

    /// `due`: a match of the event that waited, whose conditions held when the event was decided; then the event names
    /// its rule. All of it outlives the draft.
    DecisionDraft(const Event& event, flow::Decisions::OfEvent& out, const DebouncedMatch* due)
        : event_(event), out_(out), due_(due) {}

    const Event& event() const { return event_; }
    /// The payload with its secrets, for rules whose templates hand them on. Conditions see the mask.
    void use_payload(json::value opened) { payload_ = std::move(opened); }

    /// Decides about each rule that the event meets.
    void meet(const KnownRules& known, flow::Decisions& batch);

    std::size_t enforcements() const { return of_.size(); }
    std::size_t executions() const { return out_.executions.size(); }
    /// Gives the enforcements and executions their ids, and writes the decision.
    void number(std::span<const EnforcementId> enforcements, std::span<const ExecutionId> executions);
    /// Takes the secrets out of the parameters and seals them for the rows, which have their ids.
    Result<void> seal(const Vault* vault, Timestamp now);

private:
    Evaluation begin(const CompiledRule& rule) const;
    logic::matching::EventView view(const std::optional<json::value>& payload) const;
    void apply(const CompiledRule& rule, flow::Decisions& batch);
    bool holds(const CompiledRule& rule, Evaluation& line) const;
    bool paces(const CompiledRule& rule, Evaluation& line, std::optional<flow::ThrottledRun>& throttled);
    bool waits(const CompiledRule& rule, Evaluation& line);
    void enforce(const CompiledRule& rule, Evaluation& line, flow::Decisions& batch);
    void keep(Evaluation line);
    void explain_none();

    const Event& event_;
    flow::Decisions::OfEvent& out_;
    const DebouncedMatch* due_;
    std::optional<json::value> payload_;
    std::vector<Evaluation> lines_;
    std::vector<const CompiledRule*> of_; ///< the enforcements' rules
    std::vector<std::size_t> enforced_;   ///< the enforcements' lines
    std::size_t reasons_ = 0;             ///< bytes
};

} // namespace attune::services
