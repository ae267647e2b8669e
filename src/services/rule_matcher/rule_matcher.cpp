#include "services/rule_matcher/rule_matcher.hpp"

#include "base/log.hpp"
#include "domain/execution.hpp"
#include "domain/sealed_value.hpp"
#include "logic/execution/birth.hpp"
#include "logic/schema/secrets.hpp"
#include "services/outage.hpp"

namespace attune::services {
namespace {

constexpr std::size_t kWorthSharing = 16; ///< events; fewer are decided twice sooner than shared out
constexpr std::int64_t kMostStripes = 8;
constexpr int kTriesAgainstChange = 10; ///< definitions that change faster than we decide: the next pass goes on

json::object explanation(const CompiledRule& rule, bool matched, std::string_view reason) {
    return {{"rule", rule.rule.id.value},
            {"rule_ref", rule.rule.ref},
            {"matched", matched},
            {"reason", json::string(reason)}};
}

Enforcement make_enforcement(const CompiledRule& rule, const Event& event, json::object config, Timestamp now) {
    Enforcement out;
    out.rule = rule.rule.id;
    out.rule_ref = rule.rule.ref;
    out.trigger_ref = event.trigger_ref;
    out.event = event.id;
    out.config = std::move(config);
    out.payload = event.payload.value_or(json::object{});
    out.status = rule.action ? EnforcementStatus::processed : EnforcementStatus::disabled;
    out.conditions = rule.rule.conditions;
    out.created = now;
    out.resolved_at = now;
    return out;
}

std::vector<Event> those(const std::vector<Event>& events, const std::vector<std::size_t>& indices) {
    std::vector<Event> out;
    for (const auto i : indices) out.push_back(events[i]);
    return out;
}

} // namespace

task<void> RuleMatcher::run() {
    Signal wake(co_await asio::this_coro::executor);
    const auto doorbell = ports_.bus.subscribe(Topic::events, wake);
    Outage outage("rule matcher");
    for (;;) {
        const auto taken = co_await run_once();
        outage.note(taken);
        if (taken && *taken > 0) continue;
        doorbell->take();
        const auto retry = ports_.clock.now() + kRetryPause;
        co_await ports_.clock.wait_until(taken ? next_tick(ports_, sweep_interval(ports_.bus)) : retry, &wake);
    }
}

task<Result<std::size_t>> RuleMatcher::run_once() {
    CO_TRY(auto events, co_await undecided());
    const auto taken = events.size();
    for (int i = 0; i < kTriesAgainstChange && !events.empty(); ++i) {
        CO_TRY(const auto decisions, co_await decide(events));
        // Lost, it is decided again; what is claimed of it is kept by a commit that keeps this too.
        CO_TRY(const auto outcome,
               co_await commit(ports_, [&](Session& session) { return flow::decide_events(session, decisions); },
                               {.durable = false}));
        rules_.forget(outcome.changes);
        measures_.decided(events, decisions, outcome, ports_.clock.now());
        note_others(events.size() - outcome.stale.size(), outcome.decided.size());
        events = those(events, outcome.stale);
    }
    co_return taken;
}

/// Those of our stripe; when it holds none, whatever there is.
task<Result<std::vector<Event>>> RuleMatcher::undecided() {
    const auto batch = options_.batch;
    for (;;) {
        const auto stripe = stripe_;
        CO_TRY(auto events, co_await ports_.db.read([batch, stripe](Session& session) {
            return flow::undecided_events(session, batch, stripe);
        }));
        if (!events.empty() || stripe.of == 1) co_return events;
        stripe_ = {};
    }
}

/// When another matcher has decided much of what we took: from now on a part of the events, which it may not have.
void RuleMatcher::note_others(std::size_t taken, std::size_t decided) {
    if (taken < kWorthSharing || decided + taken / 10 >= taken) return;
    stripe_.of = std::min(stripe_.of * 2, kMostStripes);
    stripe_.number = static_cast<std::int64_t>(ports_.random.next() % static_cast<std::uint64_t>(stripe_.of));
}

task<Result<flow::Decisions>> RuleMatcher::decide(const std::vector<Event>& events) {
    CO_CHECK(co_await rules_.prepare(events));
    flow::Decisions out;
    out.generation = rules_.generation();
    out.now = ports_.clock.now();
    out.events.resize(events.size());
    std::vector<Draft> drafts;
    drafts.reserve(events.size());
    for (std::size_t i = 0; i < events.size(); ++i) drafts.push_back(Draft{events[i], out.events[i], {}, {}, {}});
    CO_CHECK(co_await open_payloads(drafts));
    for (auto& draft : drafts) decide_one(draft, out);
    CO_CHECK(co_await number(out));
    CO_CHECK(seal(drafts, out.now));
    co_return out;
}

/// The trigger's out_schema, when a rule's templates use secrets of this event's payload.
std::optional<json::object> RuleMatcher::payload_schema(const Event& event) const {
    if (!event.payload) return std::nullopt;
    for (const auto& rule : rules_.of(event).rules) {
        if (rule->out_schema) return rule->out_schema;
    }
    return std::nullopt;
}

/// Puts secrets back into the payloads whose rules hand them on. Conditions see the mask.
task<Result<void>> RuleMatcher::open_payloads(std::vector<Draft>& drafts) {
    for (auto& draft : drafts) {
        const auto schema = payload_schema(draft.event);
        if (!schema || !draft.event.payload->is_object() || !logic::schema::has_mask(*draft.event.payload)) continue;
        auto payload = draft.event.payload->get_object();
        CO_TRY(const auto sealed, co_await ports_.db.read([&](Session& session) {
            return flow::sealed_values(session, SealedIn::event, draft.event.id.value);
        }));
        const auto* vault = ports_.db.vault();
        if (sealed.empty() || vault == nullptr) continue;
        const auto done = flow::unseal_declared(*vault, sealed, "payload", json::value(*schema), payload);
        if (!done) log::warn("event {}: {}", draft.event.id.value, done.error().text());
        draft.payload = json::value(std::move(payload));
    }
    co_return Result<void>{};
}

void RuleMatcher::decide_one(Draft& draft, flow::Decisions& batch) const {
    const auto& event = draft.event;
    auto& out = draft.out;
    out.event = event.id;
    out.timer = event.timer;
    const auto& known = rules_.of(event);
    out.basis = known.basis;
    for (const auto& rule : known.rules) apply(*rule, draft, batch);
    if (!draft.explained.empty()) {
        out.decision = std::move(draft.explained);
        return;
    }
    out.decision =
        json::object{{"reason", event.rule ? fmt::format("the rule {} no longer exists", event.rule_ref.value_or("?"))
                                           : fmt::format("no enabled rule uses the trigger {}", event.trigger_ref)}};
}

void RuleMatcher::apply(const CompiledRule& rule, Draft& draft, flow::Decisions& batch) const {
    const auto& event = draft.event;
    auto& explained = draft.explained;
    auto& out = draft.out;
    const auto now = batch.now;
    if (!rule.rule.enabled || !rule.trigger_enabled) {
        explained.push_back(
            explanation(rule, false, rule.rule.enabled ? "the trigger is disabled or gone" : "the rule is disabled"));
        return;
    }
    const logic::matching::EventView view{event.id,
                                          event.trigger,
                                          event.trigger_ref,
                                          event.payload ? &*event.payload : nullptr,
                                          event.created,
                                          event.config ? &*event.config : nullptr};
    const auto verdict = rule.conditions.evaluate(view);
    if (!verdict.matched) {
        explained.push_back(explanation(rule, false, verdict.reason));
        return;
    }
    if (rule.defect) {
        explained.push_back(explanation(rule, false, *rule.defect));
        return;
    }
    std::vector<std::string> unresolved;
    auto source = view;
    if (draft.payload) source.payload = &*draft.payload;
    auto params = rule.params.render({source, &rule.pack_config, now, rule.rule.id, rule.rule.ref}, &unresolved);
    auto enforcement = make_enforcement(rule, event, std::move(params), now);
    auto line = explanation(
        rule, true,
        rule.action ? verdict.reason
                    : fmt::format("{}; but the action {} does not exist", verdict.reason, rule.rule.action_ref));
    if (!unresolved.empty()) line["unresolved"] = to_json(unresolved);
    explained.push_back(std::move(line));
    if (rule.action) {
        auto execution = logic::execution::run_of_rule(rule.rule, *rule.action, event, enforcement, now);
        execution.placement = rule.placement;
        if (event.timer && rule.overlap != logic::schedule::RunOverlap::allow) {
            execution.overlap_rule = rule.rule.id;
            batch.overlap[rule.rule.id] = rule.overlap;
        }
        out.executions.push_back(std::move(execution));
    }
    out.enforcements.push_back(std::move(enforcement));
    draft.of.push_back(&rule);
}

namespace {

/// Takes the secrets out of rendered parameters.
std::vector<logic::schema::SecretPart> take(const CompiledRule& rule, std::optional<json::object>& config) {
    std::vector<logic::schema::SecretPart> parts;
    if (!config) return parts;
    if (rule.action && rule.action->param_schema)
        parts = logic::schema::take_secrets(json::value(*rule.action->param_schema), *config).parts;
    for (auto& part : logic::schema::take_at(*config, rule.sealed)) parts.push_back(std::move(part));
    return parts;
}

} // namespace

/// Once the rows have their ids: secrets are sealed for the rows that they belong to.
Result<void> RuleMatcher::seal(std::vector<Draft>& drafts, Timestamp now) const {
    for (auto& draft : drafts) {
        std::size_t next_execution = 0;
        for (std::size_t i = 0; i < draft.of.size(); ++i) {
            const auto& rule = *draft.of[i];
            auto& enforcement = draft.out.enforcements[i];
            Execution* execution = rule.action ? &draft.out.executions[next_execution++] : nullptr;
            if (!rule.has_secrets) continue;
            const auto keep = [&](SealedIn type, std::int64_t id, std::optional<json::object>& config) -> Result<void> {
                const auto parts = take(rule, config);
                if (parts.empty()) return {};
                TRY(const auto* vault, required(ports_.db.vault()));
                const flow::SecretsOf of{type, id, "config", SecretSource::rule, rule.rule.ref};
                for (auto& one : flow::seal(*vault, of, parts, now)) draft.out.secrets.push_back(std::move(one));
                return {};
            };
            CHECK(keep(SealedIn::enforcement, enforcement.id.value, enforcement.config));
            if (execution != nullptr) CHECK(keep(SealedIn::execution, execution->id.value, execution->config));
        }
    }
    return {};
}

/// Gives the enforcements and executions their ids, and writes them into the explanations.
task<Result<void>> RuleMatcher::number(flow::Decisions& decisions) {
    std::size_t enforcements = 0;
    std::size_t executions = 0;
    for (const auto& one : decisions.events) {
        enforcements += one.enforcements.size();
        executions += one.executions.size();
    }
    CO_TRY(const auto enforcement_ids, co_await ports_.ids.take<EnforcementId>(enforcements));
    CO_TRY(const auto execution_ids, co_await ports_.ids.take<ExecutionId>(executions));
    std::size_t next_enforcement = 0;
    std::size_t next_execution = 0;
    for (auto& one : decisions.events) {
        std::size_t execution = 0;
        std::size_t line = 0;
        for (auto& enforcement : one.enforcements) {
            enforcement.id = enforcement_ids[next_enforcement++];
            auto& lines = one.decision.as_array();
            while (!lines[line].as_object().at("matched").as_bool()) ++line;
            auto& explained = lines[line++].as_object();
            explained["enforcement"] = enforcement.id.value;
            if (enforcement.status == EnforcementStatus::disabled) continue;
            auto& made = one.executions[execution++];
            made.id = execution_ids[next_execution++];
            made.enforcement = enforcement.id;
            explained["execution"] = made.id.value;
        }
    }
    co_return Result<void>{};
}

} // namespace attune::services
