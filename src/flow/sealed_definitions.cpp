#include "flow/sealed_definitions.hpp"

#include "base/text.hpp"
#include "domain/pack.hpp"
#include "domain/rule.hpp"
#include "domain/sealed_value.hpp"
#include "flow/definitions.hpp"

namespace attune::flow {
namespace {

namespace schema = logic::schema;
using schema::TemplatesAllowed;

/// Puts back what is sealed of one column. `moved`: what it belonged to is another one now.
Result<std::vector<std::string>> reveal_column(Session& session, std::span<const SealedValue> sealed,
                                               std::string_view column, json::object& values, std::string_view moved) {
    if (moved.empty()) {
        TRY(const auto* vault, session.vault());
        return unseal(*vault, sealed, column, values);
    }
    const auto prefix = fmt::format("/{}/", column);
    for (const auto& one : sealed) {
        if (!one.json_path.starts_with(prefix)) continue;
        const auto* at = schema::at_pointer(values, std::string_view(one.json_path).substr(prefix.size() - 1));
        if (at == nullptr || !schema::is_mask(*at)) continue;
        return invalid(replace_all(one.json_path.substr(1), "/", "."),
                       fmt::format("is the mask of a secret that was given for another {}: give its value", moved));
    }
    return std::vector<std::string>{};
}

Result<void> take_column(const json::value& param_schema, std::string_view column, json::object& values,
                         const std::vector<std::string>& revealed, TemplatesAllowed templates, DefinitionSecrets& out) {
    auto taken = schema::take_secrets(param_schema, values, templates);
    if (!taken.masked.empty()) {
        return invalid(join_path(column, taken.masked.front().path),
                       "is the mask of a secret, not its value: give the value");
    }
    for (auto& part : schema::take_at(values, revealed)) taken.parts.push_back(std::move(part));
    if (!taken.parts.empty()) out.columns.push_back({column, std::move(taken.parts)});
    return {};
}

} // namespace

Result<Revealed> reveal(Session& session, const Rule& before, Rule& after) {
    Revealed out;
    const bool in_action = schema::has_mask(after.action_params);
    const bool in_trigger = schema::has_mask(after.trigger_params);
    if (!in_action && !in_trigger) return out;
    TRY(const auto sealed, sealed_values(session, SealedIn::rule, before.id.value));
    if (sealed.empty()) return out;
    const auto moved = [](bool same, std::string_view what) { return same ? std::string_view() : what; };
    TRY(out.action_params, reveal_column(session, sealed, "action_params", after.action_params,
                                         moved(before.action_ref == after.action_ref, "action")));
    TRY(out.trigger_params, reveal_column(session, sealed, "trigger_params", after.trigger_params,
                                          moved(before.trigger_ref == after.trigger_ref, "trigger")));
    return out;
}

Result<Revealed> reveal(Session& session, const Pack& before, Pack& after) {
    Revealed out;
    if (!schema::has_mask(after.config)) return out;
    TRY(const auto sealed, sealed_values(session, SealedIn::pack, before.id.value));
    if (sealed.empty()) return out;
    TRY(out.config, reveal_column(session, sealed, "config", after.config, ""));
    return out;
}

Result<DefinitionSecrets> take_secrets(Session& session, Rule& rule, const Revealed& revealed) {
    DefinitionSecrets out;
    if (!rule.action_params.empty()) {
        TRY(const auto action, find_action(session, rule.action_ref));
        CHECK(take_column(to_json(action ? action->param_schema : std::nullopt), "action_params", rule.action_params,
                          revealed.action_params, TemplatesAllowed::yes, out));
    }
    if (!rule.trigger_params.empty()) {
        TRY(const auto trigger, find_trigger(session, rule.trigger_ref));
        CHECK(take_column(to_json(trigger ? trigger->param_schema : std::nullopt), "trigger_params",
                          rule.trigger_params, revealed.trigger_params, TemplatesAllowed::no, out));
    }
    return out;
}

Result<DefinitionSecrets> take_secrets(Pack& pack, const Revealed& revealed) {
    DefinitionSecrets out;
    CHECK(
        take_column(json::value(pack.conf_schema), "config", pack.config, revealed.config, TemplatesAllowed::no, out));
    return out;
}

Result<void> replace_sealed(Session& session, SealedIn type, std::int64_t id, std::string_view ref,
                            const DefinitionSecrets& secrets, Timestamp now) {
    CHECK(forget_sealed(session, type, id));
    for (const auto& column : secrets.columns) {
        TRY(const auto* vault, session.vault());
        const auto sealed = seal(*vault, {type, id, column.name, SecretSource::definition, ref}, column.parts, now);
        CHECK(store_sealed(session, sealed));
    }
    return {};
}

} // namespace attune::flow
