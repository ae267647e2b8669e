#include "api/flow/rule_explanation.hpp"

#include "api/common/history_list.hpp"
#include "api/common/listing.hpp"
#include "api/flow/executions.hpp"
#include "api/flow/rule_events.hpp"
#include "domain/action.hpp"
#include "domain/rule.hpp"
#include "domain/trigger.hpp"
#include "flow/calendars.hpp"
#include "flow/definitions.hpp"
#include "flow/workers.hpp"

#include <algorithm>

namespace attune::api {

ATTUNE_FIELDS(ExplainedEvent, event, created, outcome, reason, condition, seen, pacing, overlap, execution, status);
ATTUNE_FIELDS(RuleExplanation, ref, enabled, trigger_ref, trigger_enabled, action_ref, action_exists, blocked, timer,
              events, executions);

namespace {

constexpr std::int64_t kShownEvents = 10;
constexpr std::int64_t kShownExecutions = 5;

const QueryOf<Timer> kTimerOfRule{"api.explain.timer_of_rule", "select {columns} from timer where rule = $1"};
const QueryOf<Timer> kTimerOfTrigger{"api.explain.timer_of_trigger",
                                     "select {columns} from timer where \"trigger\" = $1"};
const attune::Query kStatus{"api.explain.status", "select status from execution where id = $1"};

/// The timer that makes the rule's events: its own, or its trigger's.
Result<std::optional<TimerSummary>> timer_of(Session& session, const Rule& rule, const std::optional<Trigger>& trigger,
                                             Timestamp now) {
    TRY(auto timer, session.find<Timer>(kTimerOfRule, rule.id));
    if (!timer && trigger) {
        TRY(timer, session.find<Timer>(kTimerOfTrigger, trigger->id));
    }
    if (!timer) return std::optional<TimerSummary>{};
    TRY(const auto last, last_nominal(session, timer->id));
    return std::optional{summary_of(*timer, flow::calendars_in(session), last, now)};
}

/// Why an event that has no line of the rule's has none.
std::string reason_without_line(const Event& event) {
    if (!event.decided_at) return "it is not decided yet";
    const auto* reason = event.decision ? find_member(*event.decision, "reason") : nullptr;
    if (reason != nullptr && reason->is_string()) return std::string(reason->get_string());
    return "it did not meet the rule, which was disabled then, or made later";
}

Result<ExplainedEvent> explained(Session& session, const Event& event, const Rule& rule, bool sees_executions) {
    const auto line = event.decision ? find_line(*event.decision, rule.id) : std::nullopt;
    ExplainedEvent out;
    if (line) {
        out = view_of<ExplainedEvent>(*line);
    } else {
        out.reason = reason_without_line(event);
    }
    out.event = event.id;
    out.created = event.created;
    if (!out.execution || !sees_executions) return out;
    TRY(out.status, session.scalar<ExecutionStatus>(kStatus, *out.execution));
    return out;
}

/// What keeps the rule's timer from firing.
void add_timer(const TimerSummary& timer, std::vector<std::string>& out) {
    switch (timer.state) {
    case TimerState::armed:
    case TimerState::disabled: return;
    case TimerState::paused:
        out.push_back(fmt::format("its timer is paused{}", timer.pause_note ? ": " + *timer.pause_note : ""));
        return;
    case TimerState::ended:
        out.push_back(fmt::format("its timer has ended{}", timer.note ? ": " + *timer.note : ""));
        return;
    case TimerState::unarmed:
        out.push_back(fmt::format("its timer cannot fire{}", timer.trouble ? ": " + *timer.trouble : ""));
        return;
    }
}

Result<void> add_workers(Session& session, std::vector<std::string>& out) {
    TRY(const auto workers, flow::list_workers(session));
    const auto takes_work = [](const Worker& one) { return one.status != WorkerStatus::inactive && !one.cordoned; };
    if (std::ranges::none_of(workers, takes_work)) out.emplace_back("no worker takes work: its executions wait");
    return {};
}

} // namespace

std::vector<std::string> blocks_of(const Rule& rule, const std::optional<Trigger>& trigger,
                                   const std::optional<Action>& action) {
    std::vector<std::string> out;
    if (!rule.enabled) out.emplace_back("the rule is disabled");
    if (!trigger) out.push_back(fmt::format("the trigger {} does not exist", rule.trigger_ref));
    if (trigger && !trigger->enabled) out.push_back(fmt::format("the trigger {} is disabled", rule.trigger_ref));
    if (!action && !rule.action_ref.empty())
        out.push_back(fmt::format("the action {} does not exist", rule.action_ref));
    return out;
}

void RuleExplanationRoutes::declare(Router& router) {
    router.get("/api/v1/rules/{ref}/explain", &RuleExplanationRoutes::explain, *this, context_)
        .summary("Why a rule did or did not run lately")
        .description(
            "What keeps it from running now, its timer, what became of the last events of its trigger, and its "
            "last executions. Events and executions are null to those who may not read them.")
        .needs_some(Resource::rules, Right::read);
}

Result<Data<RuleExplanation>> RuleExplanationRoutes::explain(Session& session, const Path<std::string>& ref,
                                                             const Caller& caller, Timestamp now) {
    TRY(const auto rule, flow::get_rule(session, *ref));
    if (!caller.may(Resource::rules, Right::read, target_of(rule))) return absent("Rule", *ref);
    TRY(const auto trigger, flow::find_trigger(session, rule.trigger_ref));
    TRY(const auto action, flow::find_action(session, rule.action_ref));
    auto out = view_of<RuleExplanation>(rule);
    if (trigger) out.trigger_enabled = trigger->enabled;
    out.action_exists = action.has_value();
    out.blocked = blocks_of(rule, trigger, action);
    TRY(out.timer, timer_of(session, rule, trigger, now));
    if (out.timer) add_timer(*out.timer, out.blocked);
    CHECK(add_workers(session, out.blocked));
    const bool sees_executions = caller.may(Resource::executions, Right::read);
    if (caller.may(Resource::events, Right::read)) {
        TRY(const auto events, last_events(session, rule, kShownEvents));
        out.events.emplace();
        for (const auto& event : events) {
            TRY(auto one, explained(session, event, rule, sees_executions));
            out.events->push_back(std::move(one));
        }
    }
    if (sees_executions) {
        ListFilter filter;
        filter.equals("rule_ref", std::optional(rule.ref));
        TRY(auto page, list_executions(session, filter, PageWindow{.limit = kShownExecutions}, false));
        out.executions = std::move(page.items);
    }
    return Data{std::move(out)};
}

} // namespace attune::api
