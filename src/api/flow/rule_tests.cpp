#include "api/flow/rule_tests.hpp"

#include "api/common/history_list.hpp"
#include "api/common/listing.hpp"
#include "api/flow/rule_events.hpp"
#include "api/flow/rule_explanation.hpp"
#include "domain/action.hpp"
#include "domain/pack.hpp"
#include "domain/rule.hpp"
#include "domain/trigger.hpp"
#include "flow/definitions.hpp"
#include "flow/events.hpp"
#include "logic/matching/dry_run.hpp"
#include "logic/matching/templates.hpp"
#include "logic/schema/defaults.hpp"
#include "logic/schema/secrets.hpp"

#include <algorithm>

namespace attune::api {

ATTUNE_FIELDS(RuleTestRequest, trigger_ref, action_ref, pack_ref, conditions, action_params, event, payload, last);
ATTUNE_FIELDS(RuleTestResult, event, created, matched, outcome, reason, condition, seen, pacing, action_params,
              unresolved);
ATTUNE_FIELDS(RuleTestReport, rule_ref, trigger_ref, action_ref, tested, matched, blocked, results);

namespace {

namespace matching = logic::matching;
namespace schema = logic::schema;

constexpr std::int64_t kUsualEvents = 10;

/// The rule that is tried, and what it is about.
struct Subject {
    Rule rule;
    matching::Conditions conditions = matching::Conditions::compile_stored({});
    matching::ParamTemplate params = matching::ParamTemplate::compile({});
    std::optional<Trigger> trigger;
    std::optional<Action> action;
    std::optional<Pack> pack;
};

json::value schema_of_action(const Subject& subject) {
    return subject.action ? to_json(subject.action->param_schema) : json::value(nullptr);
}

Result<void> check_events(const RuleTestRequest& body) {
    const int given = static_cast<int>(body.event.has_value()) + static_cast<int>(body.payload.has_value()) +
                      static_cast<int>(body.last.has_value());
    if (given > 1) return invalid("event", "expected one of event, payload and last");
    if (body.last && (*body.last < 1 || *body.last > RuleTestRoutes::kMostEvents))
        return invalid("last", fmt::format("expected 1 to {}, got {}", RuleTestRoutes::kMostEvents, *body.last));
    return {};
}

/// What the body says of the rule, over what is stored. What is named there has to exist.
Result<void> apply(Session& session, const RuleTestRequest& body, Subject& subject) {
    auto& rule = subject.rule;
    if (body.trigger_ref) rule.trigger_ref = *body.trigger_ref;
    if (body.action_ref) rule.action_ref = *body.action_ref;
    if (body.pack_ref) rule.pack_ref = *body.pack_ref;
    if (body.action_params) rule.action_params = *body.action_params;
    if (body.conditions) rule.conditions = *body.conditions;
    if (rule.trigger_ref.empty()) return invalid("trigger_ref", "is required");
    if (body.trigger_ref) CHECK(flow::get_trigger(session, rule.trigger_ref));
    if (body.action_ref) CHECK(flow::get_action(session, rule.action_ref));
    if (body.pack_ref) CHECK(flow::get_pack(session, rule.pack_ref));
    if (body.conditions) CHECK(matching::Conditions::compile(rule.conditions));
    return {};
}

/// Who shows a pack's configuration in parameters reads the pack.
Result<void> may_render(const Subject& subject, const Caller& caller) {
    const auto paths = subject.params.paths();
    const bool shows_pack = std::ranges::any_of(paths, [](auto path) { return path.starts_with("pack."); });
    if (!shows_pack || !subject.pack) return {};
    return caller.require(Resource::packs, Right::read, target_of(*subject.pack));
}

Result<Subject> load(Session& session, const std::optional<std::string>& ref, const RuleTestRequest& body,
                     const Caller& caller) {
    Subject out;
    if (ref) {
        TRY(out.rule, flow::get_rule(session, *ref));
        if (!caller.may(Resource::rules, Right::read, target_of(out.rule))) return absent("Rule", *ref);
    }
    CHECK(apply(session, body, out));
    TRY(out.trigger, flow::find_trigger(session, out.rule.trigger_ref));
    TRY(out.action, flow::find_action(session, out.rule.action_ref));
    TRY(out.pack, flow::find_pack(session, out.rule.pack_ref));
    out.conditions = matching::Conditions::compile_stored(out.rule.conditions);
    out.params = matching::ParamTemplate::compile(out.rule.action_params);
    CHECK(may_render(out, caller));
    return out;
}

/// An event as it would be recorded with this payload.
Event event_with(json::value payload, const Subject& subject, Timestamp now) {
    Event out;
    out.trigger_ref = subject.rule.trigger_ref;
    out.created = now;
    auto* object = payload.if_object();
    if (object != nullptr && subject.trigger && subject.trigger->out_schema)
        schema::take_secrets(json::value(*subject.trigger->out_schema), *object);
    out.payload = std::move(payload);
    return out;
}

/// Newest first.
Result<std::vector<Event>> events_for(Session& session, const Subject& subject, const RuleTestRequest& body,
                                      const Caller& caller, Timestamp now) {
    if (body.payload) return std::vector{event_with(*body.payload, subject, now)};
    CHECK(caller.require(Resource::events, Right::read));
    if (!body.event) return last_events(session, subject.rule, body.last.value_or(kUsualEvents));
    TRY(auto event, flow::find_event(session, *body.event));
    if (!event) return no_such("Event", body.event->value);
    if (event->trigger_ref != subject.rule.trigger_ref) {
        return invalid("event", fmt::format("expected one of the trigger {}, got one of {}", subject.rule.trigger_ref,
                                            event->trigger_ref));
    }
    return std::vector{*std::move(event)};
}

std::vector<std::string> what_blocks(const Subject& subject) {
    auto out = blocks_of(subject.rule, subject.trigger, subject.action);
    const auto out_schema = subject.trigger ? to_json(subject.trigger->out_schema) : json::value(nullptr);
    const auto conf_schema = subject.pack ? json::value(subject.pack->conf_schema) : json::value(nullptr);
    const auto& params = subject.rule.action_params;
    if (const auto leak = schema::find_leak(params, schema_of_action(subject), out_schema, conf_schema))
        out.push_back(fmt::format("{}: {}", leak->path, leak->message));
    return out;
}

/// The parameters that the action would get. Secrets are masked: those of the sources are masked as they are stored.
json::object resolve(const Subject& subject, const matching::EventView& view, Timestamp now,
                     std::vector<std::string>& unresolved) {
    const auto config = subject.pack ? json::value(subject.pack->config) : json::value(nullptr);
    auto params = subject.params.render({view, &config, now, subject.rule.id, subject.rule.ref}, &unresolved);
    if (!subject.action || !subject.action->param_schema) return params;
    schema::fill_defaults(*subject.action->param_schema, params);
    schema::take_secrets(json::value(*subject.action->param_schema), params);
    return params;
}

/// `events`: in the order of their time.
std::vector<RuleTestResult> try_on(const Subject& subject, const std::vector<Event>& events, Timestamp now) {
    std::vector<matching::EventView> views;
    for (const auto& event : events) views.push_back(matching::view_of_event(event));
    const auto lines = matching::dry_run(subject.conditions, views);
    std::vector<RuleTestResult> out;
    for (std::size_t i = 0; i < events.size(); ++i) {
        auto result = view_of<RuleTestResult>(lines[i]);
        if (events[i].id) result.event = events[i].id;
        result.created = events[i].created;
        if (result.matched) {
            std::vector<std::string> unresolved;
            result.action_params = resolve(subject, views[i], now, unresolved);
            if (!unresolved.empty()) result.unresolved = std::move(unresolved);
        }
        out.push_back(std::move(result));
    }
    return out;
}

Result<Data<RuleTestReport>> report_of(Session& session, const std::optional<std::string>& ref,
                                       const RuleTestRequest& body, const Caller& caller, Timestamp now) {
    CHECK(check_events(body));
    TRY(const auto subject, load(session, ref, body, caller));
    TRY(auto events, events_for(session, subject, body, caller, now));
    std::ranges::reverse(events);
    RuleTestReport out;
    out.rule_ref = ref;
    out.trigger_ref = subject.rule.trigger_ref;
    if (!subject.rule.action_ref.empty()) out.action_ref = subject.rule.action_ref;
    out.blocked = what_blocks(subject);
    out.results = try_on(subject, events, now);
    std::ranges::reverse(out.results);
    out.tested = static_cast<std::int64_t>(out.results.size());
    out.matched = std::ranges::count(out.results, true, &RuleTestResult::matched);
    return Data{std::move(out)};
}

} // namespace

void RuleTestRoutes::declare(Router& router) {
    router.post("/api/v1/rules/test", &RuleTestRoutes::draft, *this, context_)
        .summary("Try a draft of a rule on events")
        .description("On one event, on a payload, or on the last events of its trigger: whether it would match and why "
                     "not, and with which parameters the action would run. Nothing is changed.")
        .changes_nothing()
        .needs_some(Resource::rules, Right::read);
    router.post("/api/v1/rules/{ref}/test", &RuleTestRoutes::stored, *this, context_)
        .summary("Try a rule on events; members of the body stand for those that are stored")
        .changes_nothing()
        .needs_some(Resource::rules, Right::read);
}

Result<Data<RuleTestReport>> RuleTestRoutes::stored(Session& session, const Path<std::string>& ref,
                                                    const Body<RuleTestRequest>& body, const Caller& caller,
                                                    Timestamp now) {
    return report_of(session, *ref, *body, caller, now);
}

Result<Data<RuleTestReport>> RuleTestRoutes::draft(Session& session, const Body<RuleTestRequest>& body,
                                                   const Caller& caller, Timestamp now) {
    return report_of(session, std::nullopt, *body, caller, now);
}

} // namespace attune::api
