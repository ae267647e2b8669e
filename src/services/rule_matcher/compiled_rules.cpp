#include "services/rule_matcher/compiled_rules.hpp"

#include "flow/definitions.hpp"
#include "flow/generation.hpp"
#include "flow/secrets.hpp"
#include "logic/schedule/normalise.hpp"

namespace attune::services {
namespace {

namespace schedule = logic::schedule;
namespace schema = logic::schema;

const QueryOf<Rule> kEnabledOnTrigger{
    "rule.enabled_on_trigger", "select {columns} from rule where trigger_ref = $1 and enabled = true order by id"};
const QueryOf<Rule> kRuleById{"rule.by_id", "select {columns} from rule where id = $1"};

/// What the timer that drives the rule says of `overlap`.
schedule::RunOverlap overlap_of(const Rule& rule, const std::optional<Trigger>& trigger) {
    std::optional<json::object> config;
    if (schedule::is_rule_timer_trigger(rule.trigger_ref)) {
        if (auto own = schedule::config_from_rule(rule.trigger_ref, rule.trigger_params)) config = *std::move(own);
    } else if (trigger && trigger->param_schema) {
        config = schedule::config_from_trigger(*trigger->param_schema);
    }
    const auto* word = config ? config->if_contains("overlap") : nullptr;
    if (word == nullptr || !word->is_string()) return {};
    return parse_enum<schedule::RunOverlap>(word->get_string()).value_or(schedule::RunOverlap::allow);
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
        if (loaded.generation != generation_) {
            const bool had_something = !by_rule_.empty() || !by_trigger_.empty();
            clear();
            generation_ = loaded.generation;
            if (had_something) continue; // what was known is of another generation: read all that these events need
        }
        CO_CHECK(co_await place(loaded.rules));
        keep(wanted, std::move(loaded.rules));
    }
}

Result<CompiledRules::Loaded> CompiledRules::load(Session& session, const Wanted& wanted) {
    Loaded out;
    TRY(out.generation, flow::current_generation(session));
    std::vector<Rule> rules;
    for (const auto& trigger : wanted.triggers) {
        TRY(auto some, session.all<Rule>(kEnabledOnTrigger, trigger));
        std::move(some.begin(), some.end(), std::back_inserter(rules));
    }
    for (const auto id : wanted.rules) {
        TRY(auto one, session.find<Rule>(kRuleById, id));
        if (one) rules.push_back(*std::move(one));
    }
    for (auto& rule : rules) {
        TRY(auto compiled, compile(session, std::move(rule)));
        out.rules.push_back(std::move(compiled));
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

/// Fills in the placements, interning those that are new.
task<Result<void>> CompiledRules::place(std::vector<CompiledRule>& rules) {
    for (auto& rule : rules) {
        if (!rule.action) continue;
        const auto requirement = flow::requirement_of(*rule.action);
        const auto key = to_text(requirement);
        if (const auto known = placements_.find(key); known != placements_.end()) {
            rule.placement = known->second;
            continue;
        }
        CO_TRY(const auto fresh, co_await ids_.take_one<PlacementId>());
        CO_TRY(rule.placement, co_await db_.write([&](Session& session) {
            return flow::intern_placement(session, requirement, fresh);
        }));
        placements_[key] = rule.placement;
    }
    co_return Result<void>{};
}

void CompiledRules::keep(const Wanted& wanted, std::vector<CompiledRule> rules) {
    for (const auto& trigger : wanted.triggers) by_trigger_[trigger];
    for (const auto id : wanted.rules) by_rule_[id];
    kept_ += rules.size();
    for (auto& rule : rules) {
        const auto shared = std::make_shared<const CompiledRule>(std::move(rule));
        if (wanted.triggers.contains(shared->rule.trigger_ref) && shared->rule.enabled)
            by_trigger_[shared->rule.trigger_ref].push_back(shared);
        if (wanted.rules.contains(shared->rule.id)) by_rule_[shared->rule.id] = shared;
    }
    // A rule that was read for its trigger and for its own sake stands in the list twice.
    for (const auto& trigger : wanted.triggers) {
        auto& list = by_trigger_[trigger];
        std::ranges::sort(list, {}, [](const auto& one) { return one->rule.id; });
        const auto twice = std::ranges::unique(list, {}, [](const auto& one) { return one->rule.id; });
        list.erase(twice.begin(), twice.end());
    }
}

const CompiledRules::RuleList& CompiledRules::of_trigger(const std::string& trigger_ref) const {
    static const RuleList kNone;
    const auto at = by_trigger_.find(trigger_ref);
    return at == by_trigger_.end() ? kNone : at->second;
}

std::shared_ptr<const CompiledRule> CompiledRules::of_rule(RuleId id) const {
    const auto at = by_rule_.find(id);
    return at == by_rule_.end() ? nullptr : at->second;
}

void CompiledRules::clear() {
    by_trigger_.clear();
    by_rule_.clear();
    placements_.clear();
    kept_ = 0;
    generation_ = -1;
}

} // namespace attune::services
