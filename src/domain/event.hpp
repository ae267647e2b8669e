#pragma once
#include "base/reflect.hpp"

namespace attune {

/// A trigger that fired, as it was recorded. Never changed but for its decision.
struct Event {
    EventId id;
    std::optional<TriggerId> trigger;
    std::string trigger_ref;
    std::optional<json::value> config;
    std::optional<json::value> payload;
    std::optional<std::int64_t> source; ///< a sensor's id
    std::optional<std::string> source_ref;
    std::optional<RuleId> rule; ///< set: only this rule is evaluated
    std::optional<std::string> rule_ref;
    std::optional<TimerId> timer; ///< with `nominal`: the unique key of a firing
    std::optional<Timestamp> nominal;
    std::optional<std::string> delivery; ///< a webhook's sender's id of it; with `trigger`: unique
    Timestamp created;
    std::optional<Timestamp> decided_at; ///< empty: no matcher has decided it yet
    std::optional<json::value> decision; ///< what became of it: [{rule, rule_ref, matched, reason}], or {reason}
};
ATTUNE_STRUCT(Event);

enum class EnforcementStatus { created, processed, disabled };
ATTUNE_ENUM(EnforcementStatus, created, processed, disabled)
enum class EnforcementCondition { any, all };
ATTUNE_ENUM(EnforcementCondition, any, all)

/// One rule that matched one event. Unique by (rule, event).
struct Enforcement {
    EnforcementId id;
    std::optional<RuleId> rule;
    std::string rule_ref;
    std::string trigger_ref;
    std::optional<EventId> event;
    std::optional<json::object> config; ///< the action's parameters, rendered
    json::value payload = json::object{};
    EnforcementStatus status = EnforcementStatus::created;
    EnforcementCondition condition = EnforcementCondition::all;
    json::value conditions = json::object{};
    Timestamp created;
    std::optional<Timestamp> resolved_at;
};
ATTUNE_STRUCT(Enforcement);

} // namespace attune
