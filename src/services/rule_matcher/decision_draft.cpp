#include "services/rule_matcher/decision_draft.hpp"

#include "domain/execution.hpp"
#include "domain/sealed_value.hpp"
#include "logic/execution/birth.hpp"
#include "logic/matching/dry_run.hpp"
#include "logic/schema/secrets.hpp"

namespace attune::services {
namespace {

using Outcome = EvaluationOutcome;

/// What a rule makes of an event: conditions did not decide it, but `outcome` did.
bool refuse(Evaluation& line, Outcome outcome, std::string reason) {
    line.matched = false;
    line.outcome = outcome;
    line.reason = std::move(reason);
    return false;
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

logic::matching::EventView DecisionDraft::view(const std::optional<json::value>& payload) const {
    auto out = logic::matching::view_of_event(event_);
    out.payload = payload ? &*payload : nullptr;
    return out;
}

void DecisionDraft::meet(const KnownRules& known, flow::Decisions& batch) {
    out_.event = event_.id;
    out_.timer = event_.timer;
    out_.basis = known.basis;
    lines_.reserve(known.rules.size());
    for (const auto& rule : known.rules) apply(*rule, batch);
    if (lines_.empty()) explain_none();
}

void DecisionDraft::explain_none() {
    if (due_ == nullptr) {
        out_.decision = json::object{
            {"reason", event_.rule ? fmt::format("the rule {} no longer exists", event_.rule_ref.value_or("?"))
                                   : fmt::format("no enabled rule uses the trigger {}", event_.trigger_ref)}};
        return;
    }
    Evaluation line;
    line.rule = due_->rule;
    if (event_.decision) line = find_line(*event_.decision, due_->rule).value_or(line);
    line.due.reset();
    refuse(line, Outcome::disabled, "the rule was deleted while its match waited");
    keep(std::move(line));
}

/// A match that waited keeps the reason why it matched.
Evaluation DecisionDraft::begin(const CompiledRule& rule) const {
    Evaluation line;
    if (due_ != nullptr && event_.decision) line = find_line(*event_.decision, due_->rule).value_or(line);
    line.rule = rule.rule.id;
    line.rule_ref = rule.rule.ref;
    if (due_ == nullptr) return line;
    line.matched = true;
    line.due.reset();
    line.pacing = logic::matching::text_of_silence(due_->due - due_->created, due_->key);
    return line;
}

void DecisionDraft::apply(const CompiledRule& rule, flow::Decisions& batch) {
    auto line = begin(rule);
    std::optional<flow::ThrottledRun> throttled;
    if (holds(rule, line) && paces(rule, line, throttled)) {
        enforce(rule, line, batch);
        if (throttled && rule.action) out_.throttled.push_back(*std::move(throttled));
    }
    keep(std::move(line));
}

bool DecisionDraft::holds(const CompiledRule& rule, Evaluation& line) const {
    if (!rule.rule.enabled) return refuse(line, Outcome::disabled, "the rule is disabled");
    if (!rule.trigger_enabled) return refuse(line, Outcome::disabled, "the trigger is disabled or gone");
    if (due_ == nullptr) logic::matching::evaluate(rule.conditions, view(event_.payload), line);
    if (!line.matched) return false;
    if (rule.defect) return refuse(line, Outcome::unusable, *rule.defect);
    return true;
}

/// Whether it may run now, as far as its pace goes. A throttle counts where its rows are locked.
bool DecisionDraft::paces(const CompiledRule& rule, Evaluation& line, std::optional<flow::ThrottledRun>& throttled) {
    if (due_ == nullptr && waits(rule, line)) return false;
    const auto& throttle = rule.conditions.throttle();
    if (!throttle) return true;
    auto key = throttle->key.of(view(event_.payload));
    if (!key) {
        logic::matching::fail_key("throttle", key.error(), line);
        return false;
    }
    throttled = flow::ThrottledRun{rule.rule.id, *std::move(key), {}, throttle->runs};
    return true;
}

/// Whether its debounce keeps it back, or cannot be told.
bool DecisionDraft::waits(const CompiledRule& rule, Evaluation& line) {
    const auto& debounce = rule.conditions.debounce();
    if (!debounce) return false;
    auto key = debounce->key.of(view(event_.payload));
    if (!key) {
        logic::matching::fail_key("debounce", key.error(), line);
        return true;
    }
    line.outcome = Outcome::waiting;
    line.due = event_.created + debounce->wait;
    line.pacing = logic::matching::text_of_wait(debounce->wait, *key);
    out_.debounced.push_back({event_.id, rule.rule.id, *std::move(key), event_.created, *line.due});
    return true;
}

void DecisionDraft::enforce(const CompiledRule& rule, Evaluation& line, flow::Decisions& batch) {
    std::vector<std::string> unresolved;
    const auto& payload = payload_ ? payload_ : event_.payload;
    const auto source = view(payload);
    auto params = rule.params.render({source, &rule.pack_config, batch.now, rule.rule.id, rule.rule.ref}, &unresolved);
    auto enforcement = make_enforcement(rule, event_, std::move(params), batch.now);
    line.outcome = rule.action ? Outcome::matched : Outcome::no_action;
    if (!rule.action) line.reason += fmt::format("; but the action {} does not exist", rule.rule.action_ref);
    if (!unresolved.empty()) line.unresolved = std::move(unresolved);
    if (rule.action) {
        auto execution = logic::execution::run_of_rule(rule.rule, *rule.action, event_, enforcement, batch.now);
        execution.placement = rule.placement;
        if (event_.timer && rule.overlap != logic::schedule::RunOverlap::allow) {
            execution.overlap_rule = rule.rule.id;
            batch.overlap[rule.rule.id] = rule.overlap;
        }
        out_.executions.push_back(std::move(execution));
    }
    out_.enforcements.push_back(std::move(enforcement));
    of_.push_back(&rule);
    enforced_.push_back(lines_.size());
}

void DecisionDraft::keep(Evaluation line) {
    if (!line.matched && reasons_ > kMostReasons) {
        line.reason = fmt::format("not kept: this event has more than {} KiB of reasons", kMostReasons / 1024);
        line.condition.reset();
        line.seen.reset();
    }
    reasons_ += line.reason.size();
    lines_.push_back(std::move(line));
}

void DecisionDraft::number(std::span<const EnforcementId> enforcements, std::span<const ExecutionId> executions) {
    std::size_t execution = 0;
    auto throttled = out_.throttled.begin();
    for (std::size_t i = 0; i < of_.size(); ++i) {
        auto& line = lines_[enforced_[i]];
        auto& enforcement = out_.enforcements[i];
        enforcement.id = enforcements[i];
        line.enforcement = enforcement.id;
        if (throttled != out_.throttled.end() && throttled->rule == line.rule)
            throttled++->enforcement = enforcement.id;
        if (!of_[i]->action) continue;
        auto& made = out_.executions[execution];
        made.id = executions[execution++];
        made.enforcement = enforcement.id;
        line.execution = made.id;
    }
    if (lines_.empty()) return;
    json::array decision;
    decision.reserve(lines_.size());
    for (const auto& line : lines_) decision.emplace_back(line_of(line));
    out_.decision = std::move(decision);
}

Result<void> DecisionDraft::seal(const Vault* vault, Timestamp now) {
    std::size_t next_execution = 0;
    for (std::size_t i = 0; i < of_.size(); ++i) {
        const auto& rule = *of_[i];
        auto& enforcement = out_.enforcements[i];
        Execution* execution = rule.action ? &out_.executions[next_execution++] : nullptr;
        if (!rule.has_secrets) continue;
        const auto keep = [&](SealedIn type, std::int64_t id, std::optional<json::object>& config) -> Result<void> {
            const auto parts = take(rule, config);
            if (parts.empty()) return {};
            TRY(const auto* with, required(vault));
            const flow::SecretsOf of{type, id, "config", SecretSource::rule, rule.rule.ref};
            for (auto& one : flow::seal(*with, of, parts, now)) out_.secrets.push_back(std::move(one));
            return {};
        };
        CHECK(keep(SealedIn::enforcement, enforcement.id.value, enforcement.config));
        if (execution != nullptr) CHECK(keep(SealedIn::execution, execution->id.value, execution->config));
    }
    return {};
}

} // namespace attune::services
