#pragma once
#include "api/context.hpp"
#include "api/envelopes.hpp"
#include "api/flow/execution_views.hpp"
#include "api/router.hpp"
#include "api/timers/timer_views.hpp"
#include "domain/evaluation.hpp"

namespace attune::api {

/// What became of one event for the rule.
struct ExplainedEvent {
    EventId event;
    Timestamp created;
    std::optional<EvaluationOutcome> outcome; ///< none: the event did not meet the rule
    std::string reason;
    std::optional<std::string> condition;
    std::optional<std::string> seen;
    std::optional<std::string> pacing;
    std::optional<std::string> overlap;
    std::optional<ExecutionId> execution;
    std::optional<ExecutionStatus> status; ///< of the execution, while it is kept and the caller may read it
};
ATTUNE_STRUCT(ExplainedEvent);

/// Why a rule did or did not run lately.
struct RuleExplanation {
    std::string ref;
    bool enabled = true;
    std::string trigger_ref;
    std::optional<bool> trigger_enabled; ///< none: it does not exist
    std::string action_ref;
    bool action_exists = true;
    std::vector<std::string> blocked;  ///< what keeps it from running now
    std::optional<TimerSummary> timer; ///< that makes its events, where one does
    /// The last that it could meet, newest first; none: the caller may not read events.
    std::optional<std::vector<ExplainedEvent>> events;
    /// Its last ones, newest first; none: the caller may not read executions.
    std::optional<std::vector<ExecutionSummary>> executions;
};
ATTUNE_STRUCT(RuleExplanation);

/// GET /rules/{ref}/explain
class RuleExplanationRoutes {
public:
    explicit RuleExplanationRoutes(Context& context) : context_(context) {}
    void declare(Router& router);

    Result<Data<RuleExplanation>> explain(Session& session, const Path<std::string>& ref, const Caller& caller,
                                          Timestamp now);

private:
    Context& context_;
};

/// What keeps a rule from running, whatever matches.
std::vector<std::string> blocks_of(const Rule& rule, const std::optional<Trigger>& trigger,
                                   const std::optional<Action>& action);

} // namespace attune::api
