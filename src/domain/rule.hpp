#pragma once
#include "base/reflect.hpp"

namespace attune {

/// "When this trigger fires and the conditions hold, run that action with these parameters."
struct Rule {
    RuleId id;
    std::string ref;
    std::optional<PackId> pack;
    std::string pack_ref;
    std::string label;
    std::optional<std::string> description;
    std::optional<ActionId> action;
    std::string action_ref;
    std::optional<TriggerId> trigger;
    std::string trigger_ref;
    json::value conditions = json::object{};
    json::object action_params;
    json::object trigger_params;
    std::optional<std::vector<std::string>> permission_set_refs; ///< nothing = inherit the action's default
    bool enabled = true;
    bool is_adhoc = false;
    std::optional<IdentityId> owner_identity; ///< under whose authority its executions run
    std::int64_t generation = 0;
    Timestamp created;
    Timestamp updated;
};
ATTUNE_STRUCT(Rule);

} // namespace attune
