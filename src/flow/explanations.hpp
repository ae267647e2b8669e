#pragma once
#include "domain/evaluation.hpp"
#include "flow/events.hpp"

#include <map>
#include <set>

namespace attune::flow {

/// The decisions of events as they change in the course of a transaction: what became of each match.
class Explanations {
public:
    /// As the batch, which outlives this, has it.
    void use(const Decisions::OfEvent& one) { written_[one.event] = &one.decision; }
    /// Reads those of events that are decided already, to change them: others wait.
    Result<void> load(Session& session, const std::set<EventId>& events);

    /// Changes the line of the rule, if the event has one.
    void amend(EventId event, RuleId rule, const std::function<void(Evaluation&)>& change) {
        if (auto* decision = changed(event)) amend_line(*decision, rule, change);
    }

    /// Writes those that changed.
    Result<void> write(Session& session) const;

private:
    json::value* changed(EventId event);

    std::map<EventId, const json::value*> written_;
    std::map<EventId, json::value> changed_;
};

} // namespace attune::flow
