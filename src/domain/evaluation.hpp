#pragma once
#include "base/reflect.hpp"

#include <functional>

namespace attune {

/// What became of a rule that an event met.
enum class EvaluationOutcome {
    matched,    ///< it led to an execution
    queued,     ///< matched; its execution waits for the last one of the rule (overlap)
    skipped,    ///< matched; the last execution of the rule was not over (overlap)
    throttled,  ///< matched; the rule had run as often as its throttle allows
    waiting,    ///< matched; its debounce waits for whether another event follows
    superseded, ///< matched; another event followed while it waited
    no_action,  ///< matched; the action does not exist
    unmatched,  ///< a condition does not hold
    failed,     ///< a condition, or a key of throttle or debounce, cannot be evaluated
    disabled,   ///< the rule or its trigger is disabled, or gone
    unusable,   ///< it would show a secret, or one of its secrets cannot be opened
};
ATTUNE_ENUM(EvaluationOutcome, matched, queued, skipped, throttled, waiting, superseded, no_action, unmatched, failed,
            disabled, unusable)

/// One rule that an event met: a line of Event::decision.
struct Evaluation {
    RuleId rule;
    std::string rule_ref;
    bool matched = false; ///< its conditions held
    EvaluationOutcome outcome = EvaluationOutcome::unmatched;
    std::string reason;                   ///< why the conditions held or not, for people
    std::optional<std::string> condition; ///< the place of the one that decided against it: "conditions.all[1]"
    std::optional<std::string> seen;      ///< what that one saw, as short JSON; secrets are masked
    std::optional<std::string> pacing;    ///< what its throttle or debounce did
    std::optional<std::string> overlap;   ///< what its timer's overlap policy did
    std::optional<Timestamp> due;         ///< of one that waits: when it runs, unless another event follows
    std::optional<EventId> superseded_by;
    std::optional<EnforcementId> enforcement;
    std::optional<ExecutionId> execution;
    std::optional<std::vector<std::string>> unresolved; ///< templates that led to nothing
};
ATTUNE_STRUCT(Evaluation);

/// The line, without what is empty.
json::object line_of(const Evaluation& evaluation);

/// The lines of a decision; none when the event met no rule, or is not decided.
std::vector<Evaluation> evaluations_of(const std::optional<json::value>& decision);

/// Changes the line of the rule, if there is one.
void amend_line(json::value& decision, RuleId rule, const std::function<void(Evaluation&)>& change);
/// The line of the rule.
std::optional<Evaluation> find_line(const json::value& decision, RuleId rule);

/// A match whose debounce waits for whether another event follows.
struct DebouncedMatch {
    EventId event;
    RuleId rule;
    std::string key;   ///< the value by which events are gathered, as JSON; empty: all of the rule's
    Timestamp created; ///< of the event
    Timestamp due;
};
ATTUNE_STRUCT(DebouncedMatch);

/// The runs of a rule that its throttle counts.
struct ThrottledKey {
    RuleId rule;
    std::string key;
    json::array runs;  ///< their times, in microseconds since 1970
    Timestamp expires; ///< when none of them counts any more
};
ATTUNE_STRUCT(ThrottledKey);

} // namespace attune
