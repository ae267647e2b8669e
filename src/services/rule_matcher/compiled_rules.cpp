#include "services/rule_matcher/compiled_rules.hpp"

#include "domain/event.hpp"
#include "domain/pack.hpp"
#include "domain/rule.hpp"
#include "domain/trigger.hpp"
#include "flow/definitions.hpp"
#include "flow/secrets.hpp"
#include "logic/definitions/source.hpp"
#include "logic/execution/birth.hpp"

namespace attune::services {
namespace {

namespace schedule = logic::schedule;
namespace schema = logic::schema;

const QueryOf<Rule> kEnabledOnTrigger{
    "rule.enabled_on_trigger", "select {columns} from rule where trigger_ref = $1 and enabled = true order by id"};
const QueryOf<Rule> kRuleById{"rule.by_id", "select {columns} from rule where id = $1"};

/// What the source of the rule's events was told of `overlap`.
schedule::RunOverlap overlap_of(const Rule& rule, const std::optional<Trigger>& trigger) {
    Trigger gone;
    gone.ref = rule.trigger_ref;
    return logic::definitions::asked_of_source(trigger ? *trigger : gone, rule.trigger_params).overlap;
}

/// A rule's parameters and its pack's configuration as its templates see them.
struct TemplateSources {
    json::object action_params;
    std::vector<std::string> sealed; ///< pointers of the parameters that are stored sealed
    json::object pack_config;
    std::optional<std::string> defect;
};

Result<void> reveal_into(Session& session, const Rule& rule, const std::optional<Pack>& pack, TemplateSources& out) {
    if (schema::has_mask(out.action_params)) {
        TRY(const auto sealed, flow::sealed_values(session, SealedIn::rule, rule.id.value));
        if (!sealed.empty()) {
            TRY(const auto* vault, session.vault());
            TRY(out.sealed, flow::unseal(*vault, sealed, "action_params", out.action_params));
        }
    }
    if (pack && schema::has_mask(out.pack_config)) {
        TRY(const auto sealed, flow::sealed_values(session, SealedIn::pack, pack->id.value));
        if (sealed.empty()) return {};
        TRY(const auto* vault, session.vault());
        CHECK(flow::unseal_declared(*vault, sealed, "config", json::value(pack->conf_schema), out.pack_config));
    }
    return {};
}

/// Secrets that cannot be opened are this rule's defect alone: other rules go on.
TemplateSources reveal_for_templates(Session& session, const Rule& rule, const std::optional<Pack>& pack) {
    TemplateSources out;
    out.action_params = rule.action_params;
    if (pack) out.pack_config = pack->config;
    if (auto done = reveal_into(session, rule, pack, out); !done) out.defect = done.error().text();
    return out;
}

bool uses_payload(const logic::matching::ParamTemplate& params) {
    const auto paths = params.paths();
    return std::ranges::any_of(paths, [](std::string_view path) { return path.starts_with("event.payload"); });
}

/// What the schemas say of the rule's parameters.
void settle_secrets(CompiledRule& rule, const json::object& action_params, const std::optional<Trigger>& trigger,
                    const std::optional<Pack>& pack) {
    const auto param_schema = rule.action ? to_json(rule.action->param_schema) : json::value(nullptr);
    const auto out_schema = trigger ? to_json(trigger->out_schema) : json::value(nullptr);
    rule.has_secrets = !rule.sealed.empty() || schema::declares_secrets(param_schema);
    if (uses_payload(rule.params) && schema::declares_secrets(out_schema)) rule.out_schema = trigger->out_schema;
    const auto conf_schema = pack ? json::value(pack->conf_schema) : json::value(nullptr);
    const auto leak = schema::find_leak(action_params, param_schema, out_schema, conf_schema);
    if (leak && !rule.defect) rule.defect = fmt::format("{}: {}", leak->path, leak->message);
}

/// A rule, or that there is none with this id.
KnownRules known(RuleId id, std::optional<CompiledRule> rule) {
    KnownRules out;
    flow::DefinitionBasis basis{.rules = {id}};
    if (rule) {
        basis.triggers.insert(rule->rule.trigger_ref);
        basis.actions.insert(rule->rule.action_ref);
        basis.packs.insert(rule->rule.pack_ref);
        out.rules.push_back(std::make_shared<const CompiledRule>(*std::move(rule)));
    }
    out.basis = std::make_shared<const flow::DefinitionBasis>(std::move(basis));
    return out;
}

} // namespace

CompiledRules::Wanted CompiledRules::missing(const std::vector<Event>& events) const {
    Wanted out;
    for (const auto& event : events) {
        if (event.rule) {
            if (!by_rule_.contains(*event.rule)) out.rules.insert(*event.rule);
        } else if (!by_trigger_.contains(event.trigger_ref)) {
            out.triggers.insert(event.trigger_ref);
        }
    }
    return out;
}

task<Result<void>> CompiledRules::prepare(const std::vector<Event>& events) {
    if (size() > limit_) clear();
    for (;;) {
        const auto wanted = missing(events);
        if (wanted.rules.empty() && wanted.triggers.empty()) co_return Result<void>{};
        CO_TRY(auto loaded, co_await db_.read([&](Session& session) { return load(session, wanted); }));
        forget(loaded.changes); // which these events may need again: the next round reads it
        for (auto& [id, rule] : loaded.rules) {
            if (rule) CO_CHECK(co_await place(*rule));
            by_rule_[id] = known(id, std::move(rule));
        }
        for (const auto& [trigger, ids] : loaded.lists) by_trigger_[trigger] = list(trigger, ids);
    }
}

/// What has changed since, and what is wanted and was not known before or is not right any more. On a thread of the
/// database, while the loop waits.
Result<CompiledRules::Loaded> CompiledRules::load(Session& session, const Wanted& wanted) const {
    Loaded out;
    TRY(out.changes, flow::definitions_changed_since(session, generation_));
    const auto is_known = [&](RuleId id) {
        const auto at = by_rule_.find(id);
        return out.rules.contains(id) || (at != by_rule_.end() && !at->second.basis->touched_by(out.changes));
    };
    for (const auto& trigger : wanted.triggers) {
        auto& ids = out.lists[trigger];
        TRY(auto rules, session.all<Rule>(kEnabledOnTrigger, trigger));
        for (auto& rule : rules) {
            ids.push_back(rule.id);
            if (is_known(rule.id)) continue;
            TRY(out.rules[ids.back()], compile(session, std::move(rule)));
        }
    }
    for (const auto id : wanted.rules) {
        if (is_known(id)) continue;
        TRY(auto rule, session.find<Rule>(kRuleById, id));
        auto& compiled = out.rules[id];
        if (rule) {
            TRY(compiled, compile(session, *std::move(rule)));
        }
    }
    return out;
}

Result<CompiledRule> CompiledRules::compile(Session& session, Rule rule) {
    auto conditions = logic::matching::Conditions::compile_stored(rule.conditions);
    TRY(auto action, flow::find_action(session, rule.action_ref));
    TRY(auto trigger, flow::find_trigger(session, rule.trigger_ref));
    TRY(auto pack, flow::find_pack(session, rule.pack_ref));
    auto secrets = reveal_for_templates(session, rule, pack);
    auto params = logic::matching::ParamTemplate::compile(secrets.action_params);
    json::value config = pack ? json::value(std::move(secrets.pack_config)) : json::value(nullptr);
    const auto overlap = overlap_of(rule, trigger);
    CompiledRule out{.rule = std::move(rule),
                     .conditions = std::move(conditions),
                     .params = std::move(params),
                     .action = std::move(action),
                     .trigger_enabled = trigger && trigger->enabled,
                     .overlap = overlap,
                     .placement = {},
                     .pack_config = std::move(config),
                     .defect = std::move(secrets.defect),
                     .sealed = std::move(secrets.sealed)};
    settle_secrets(out, secrets.action_params, trigger, pack);
    return out;
}

/// Fills in the placement, interning one that is new.
task<Result<void>> CompiledRules::place(CompiledRule& rule) {
    if (!rule.action) co_return Result<void>{};
    const auto requirement = logic::execution::requirement_of(*rule.action);
    const auto key = to_text(requirement);
    if (const auto known = placements_.find(key); known != placements_.end()) {
        rule.placement = known->second;
        co_return Result<void>{};
    }
    CO_TRY(const auto fresh, co_await ids_.take_one<PlacementId>());
    CO_TRY(rule.placement,
           co_await db_.write([&](Session& session) { return flow::intern_placement(session, requirement, fresh); }));
    placements_[key] = rule.placement;
    co_return Result<void>{};
}

/// The enabled rules on a trigger, each of which is known by its id.
KnownRules CompiledRules::list(const std::string& trigger_ref, const std::vector<RuleId>& ids) const {
    KnownRules out;
    flow::DefinitionBasis basis{.rules_of = trigger_ref};
    for (const auto id : ids) {
        const auto& one = by_rule_.at(id);
        out.rules.insert(out.rules.end(), one.rules.begin(), one.rules.end());
        basis.merge(*one.basis);
    }
    out.basis = std::make_shared<const flow::DefinitionBasis>(std::move(basis));
    return out;
}

const KnownRules& CompiledRules::of(const Event& event) const {
    static const KnownRules kNone;
    if (event.rule) {
        const auto at = by_rule_.find(*event.rule);
        return at == by_rule_.end() ? kNone : at->second;
    }
    const auto at = by_trigger_.find(event.trigger_ref);
    return at == by_trigger_.end() ? kNone : at->second;
}

void CompiledRules::forget(const flow::DefinitionChanges& changes) {
    if (changes.generation == generation_) return;
    const auto is_touched = [&](const auto& one) { return one.second.basis->touched_by(changes); };
    std::erase_if(by_trigger_, is_touched);
    std::erase_if(by_rule_, is_touched);
    generation_ = changes.generation;
}

void CompiledRules::clear() {
    by_trigger_.clear();
    by_rule_.clear();
    placements_.clear();
    generation_ = -1;
}

} // namespace attune::services
