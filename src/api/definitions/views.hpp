#pragma once
#include "domain/action.hpp"
#include "domain/pack.hpp"
#include "domain/rule.hpp"
#include "domain/trigger.hpp"

/// Definitions as the API shows them; `of` makes each from its row.
namespace attune::api {

struct RuleSummary {
    RuleId id;
    std::string ref;
    std::string pack_ref;
    std::string label;
    std::optional<std::string> description;
    std::string action_ref;
    std::string trigger_ref;
    json::object action_params;
    json::object trigger_params;
    std::optional<std::vector<std::string>> permission_set_refs;
    bool enabled = true;
    Timestamp created;
    Timestamp updated;
    static RuleSummary of(const Rule& row);
};
ATTUNE_STRUCT(RuleSummary);

struct RuleView {
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
    json::value conditions;
    json::object action_params;
    json::object trigger_params;
    std::optional<std::vector<std::string>> permission_set_refs;
    bool enabled = true;
    bool is_adhoc = false;
    std::optional<IdentityId> owner_identity;
    Timestamp created;
    Timestamp updated;
    static RuleView of(const Rule& row);
};
ATTUNE_STRUCT(RuleView);

struct TriggerSummary {
    TriggerId id;
    std::string ref;
    std::optional<std::string> pack_ref;
    std::string label;
    std::optional<std::string> description;
    bool enabled = true;
    bool webhook_enabled = false;
    Timestamp created;
    Timestamp updated;
    static TriggerSummary of(const Trigger& row);
};
ATTUNE_STRUCT(TriggerSummary);

struct TriggerView {
    TriggerId id;
    std::string ref;
    std::optional<PackId> pack;
    std::optional<std::string> pack_ref;
    std::string label;
    std::optional<std::string> description;
    bool enabled = true;
    std::optional<json::object> param_schema;
    std::optional<json::object> out_schema;
    bool webhook_enabled = false;
    Omittable<std::string> webhook_key; ///< none yet: there are no webhooks
    bool is_adhoc = false;
    std::optional<std::int64_t> sensor; ///< none yet: there are no sensors
    std::optional<std::string> sensor_ref;
    Timestamp created;
    Timestamp updated;
    static TriggerView of(const Trigger& row);
};
ATTUNE_STRUCT(TriggerView);

struct ActionSummary {
    ActionId id;
    std::string ref;
    std::string pack_ref;
    std::string label;
    std::optional<std::string> description;
    std::string entrypoint;
    std::optional<RuntimeId> runtime;
    Omittable<std::string> runtime_ref;
    Omittable<std::string> runtime_version_constraint;
    bool accesses_mcp = false;
    Omittable<std::vector<std::string>> default_execution_permission_set_refs;
    Timestamp created;
    Timestamp updated;
    static ActionSummary of(const Action& row);
};
ATTUNE_STRUCT(ActionSummary);

/// An action; the placement members are left out when they ask for nothing.
struct ActionView {
    ActionId id;
    std::string ref;
    std::optional<PackId> pack;
    std::string pack_ref;
    std::string label;
    std::optional<std::string> description;
    std::string entrypoint;
    std::optional<RuntimeId> runtime;
    Omittable<std::string> runtime_ref;
    Omittable<std::string> runtime_version_constraint;
    Omittable<json::object> required_worker_runtimes;
    Omittable<json::object> worker_selector;
    Omittable<json::array> worker_tolerations;
    Omittable<json::object> worker_affinity;
    std::optional<json::object> param_schema;
    std::optional<json::object> out_schema;
    ParameterDelivery parameter_delivery = ParameterDelivery::stdin_;
    ParameterFormat parameter_format = ParameterFormat::json;
    OutputFormat output_format = OutputFormat::text;
    bool is_adhoc = false;
    std::optional<std::int64_t> timeout_seconds;
    std::int64_t max_retries = 0;
    bool accesses_mcp = false;
    Omittable<std::vector<std::string>> default_execution_permission_set_refs;
    Omittable<std::string> log_retention_policy;
    Omittable<std::int64_t> log_retention_limit;
    Omittable<std::string> artifact_retention_policy;
    Omittable<std::int64_t> artifact_retention_limit;
    Timestamp created;
    Timestamp updated;
    static ActionView of(const Action& row);
};
ATTUNE_STRUCT(ActionView);

struct RuntimeView {
    RuntimeId id;
    std::string ref;
    std::optional<PackId> pack;
    std::optional<std::string> pack_ref;
    std::optional<std::string> description;
    std::string name;
    std::vector<std::string> aliases;
    json::object distributions;
    std::optional<json::object> installation;
    json::object execution_config;
    Timestamp created;
    Timestamp updated;
    static RuntimeView of(const Runtime& row);
};
ATTUNE_STRUCT(RuntimeView);

struct PackSummary {
    PackId id;
    std::string ref;
    std::string label;
    std::optional<std::string> description;
    std::string version;
    std::vector<std::string> tags;
    bool is_standard = false;
    Timestamp created;
    Timestamp updated;
    static PackSummary of(const Pack& row);
};
ATTUNE_STRUCT(PackSummary);

struct PackView {
    PackId id;
    std::string ref;
    std::string label;
    std::optional<std::string> description;
    std::string version;
    json::object conf_schema;
    json::object config;
    json::object meta;
    std::vector<std::string> tags;
    std::vector<std::string> runtime_deps;
    json::value dependencies;
    bool is_standard = false;
    Timestamp created;
    Timestamp updated;
    static PackView of(const Pack& row);
};
ATTUNE_STRUCT(PackView);

} // namespace attune::api
