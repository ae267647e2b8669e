#pragma once
#include "api/context.hpp"
#include "api/envelopes.hpp"
#include "api/router.hpp"
#include "domain/evaluation.hpp"
#include "domain/event.hpp"

namespace attune::api {

/// What a rule is tried with. Members of a rule stand for those of the stored one; a draft has no other.
struct RuleTestRequest {
    std::optional<std::string> trigger_ref;
    std::optional<std::string> action_ref;
    std::optional<std::string> pack_ref; ///< whose configuration templates see
    std::optional<json::value> conditions;
    std::optional<json::object> action_params;
    std::optional<EventId> event;       ///< one event
    std::optional<json::value> payload; ///< or one that might come
    std::optional<std::int64_t> last;   ///< or the last ones of the trigger: 1 to 100; 10 when nothing is given
};
ATTUNE_STRUCT(RuleTestRequest);

/// What would become of one event.
struct RuleTestResult {
    std::optional<EventId> event; ///< none: of the payload that was given
    Timestamp created;
    bool matched = false;
    EvaluationOutcome outcome = EvaluationOutcome::unmatched;
    std::string reason;
    std::optional<std::string> condition;
    std::optional<std::string> seen;
    std::optional<std::string> pacing;
    std::optional<json::object> action_params; ///< resolved, secrets masked; when it matched
    std::optional<std::vector<std::string>> unresolved;
};
ATTUNE_STRUCT(RuleTestResult);

struct RuleTestReport {
    std::optional<std::string> rule_ref; ///< none: a draft
    std::string trigger_ref;
    std::optional<std::string> action_ref;
    std::int64_t tested = 0;
    std::int64_t matched = 0;            ///< of those, by the conditions
    std::vector<std::string> blocked;    ///< what keeps the rule from running now, whatever matches
    std::vector<RuleTestResult> results; ///< newest first
};
ATTUNE_STRUCT(RuleTestReport);

/// Trying a stored rule, or a draft, on events that happened or might: nothing is changed.
class RuleTestRoutes {
public:
    static constexpr std::int64_t kMostEvents = 100;

    explicit RuleTestRoutes(Context& context) : context_(context) {}
    void declare(Router& router);

    Result<Data<RuleTestReport>> stored(Session& session, const Path<std::string>& ref,
                                        const Body<RuleTestRequest>& body, const Caller& caller, Timestamp now);
    Result<Data<RuleTestReport>> draft(Session& session, const Body<RuleTestRequest>& body, const Caller& caller,
                                       Timestamp now);

private:
    Context& context_;
};

} // namespace attune::api
