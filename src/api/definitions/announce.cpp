#include "api/definitions/announce.hpp"

#include "domain/action.hpp"
#include "domain/pack.hpp"
#include "domain/rule.hpp"

#include <map>
#include <set>

namespace attune::api {
namespace {

Announcement event(const char* key, const char* type, json::object payload, Timestamp at) {
    return {"attune.events", key, type, std::move(payload), at};
}

json::object named(const Rule& rule) {
    return {{"rule_id", rule.id.value}, {"rule_ref", rule.ref}, {"trigger_ref", rule.trigger_ref}};
}

Announcement created(const Rule& rule, Timestamp at) {
    auto payload = named(rule);
    if (rule.trigger) payload["trigger_id"] = rule.trigger->value;
    if (rule.action) payload["action_id"] = rule.action->value;
    payload["action_ref"] = rule.action_ref;
    payload["trigger_params"] = rule.trigger_params;
    payload["enabled"] = rule.enabled;
    return event("rule.created", "RuleCreated", std::move(payload), at);
}

Announcement enabled(const Rule& rule, Timestamp at) {
    auto payload = named(rule);
    payload["trigger_params"] = rule.trigger_params;
    return event("rule.enabled", "RuleEnabled", std::move(payload), at);
}

Announcement disabled(const Rule& rule, Timestamp at) {
    return event("rule.disabled", "RuleDisabled", named(rule), at);
}

Announcement deleted(const Rule& rule, Timestamp at) {
    return event("rule.deleted", "RuleDeleted", named(rule), at);
}

std::vector<Announcement> updated(const Rule& before, const Rule& after, Timestamp at, bool repeat) {
    std::vector<Announcement> out;
    const bool moved = before.trigger_ref != after.trigger_ref;
    // Who listens to the old trigger alone has to hear that it is over.
    if (moved) out.push_back(disabled(before, at));
    const bool news = repeat || moved || !before.enabled || before.trigger_params != after.trigger_params;
    if (after.enabled && news) out.push_back(enabled(after, at));
    if (!after.enabled && !moved && (repeat || before.enabled)) out.push_back(disabled(after, at));
    return out;
}

void append(std::vector<Announcement>& out, std::vector<Announcement> more) {
    for (auto& one : more) out.push_back(std::move(one));
}

/// "shell" of "core.shell", each once.
json::array runtime_names(const std::vector<Action>& actions) {
    std::set<std::string> names;
    for (const auto& action : actions) {
        if (action.runtime_ref) names.insert(action.runtime_ref->substr(action.runtime_ref->rfind('.') + 1));
    }
    json::array out;
    for (const auto& name : names) out.emplace_back(name);
    return out;
}

} // namespace

std::vector<Announcement> messages_of(const RuleChange& change, Timestamp at, bool repeat) {
    if (change.before && change.after) return updated(*change.before, *change.after, at, repeat);
    std::vector<Announcement> out;
    if (change.after) out.push_back(created(*change.after, at));
    if (change.before) out.push_back(deleted(*change.before, at));
    return out;
}

std::vector<Announcement> messages_of_installation(const Pack& pack, const std::vector<Action>& actions,
                                                   const std::vector<Rule>& before, const std::vector<Rule>& after,
                                                   Timestamp at) {
    std::vector<Announcement> out;
    out.push_back(event("pack.registered", "PackRegistered",
                        {{"pack_id", pack.id.value},
                         {"pack_ref", pack.ref},
                         {"version", pack.version},
                         {"runtime_names", runtime_names(actions)}},
                        at));
    std::map<RuleId, RuleChange> changes;
    for (const auto& rule : before) changes[rule.id].before = rule;
    for (const auto& rule : after) changes[rule.id].after = rule;
    for (const auto& [id, change] : changes) append(out, messages_of(change, at));
    return out;
}

std::vector<Announcement> messages_of_deletion(const Pack& pack, const std::vector<Rule>& rules, Timestamp at) {
    std::vector<Announcement> out;
    for (const auto& rule : rules) out.push_back(deleted(rule, at));
    out.push_back(event("pack.deleted", "PackDeleted", {{"pack_id", pack.id.value}, {"pack_ref", pack.ref}}, at));
    return out;
}

} // namespace attune::api
