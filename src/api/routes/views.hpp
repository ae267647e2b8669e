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
BOOST_DESCRIBE_STRUCT(RuleSummary, (),
                      (id, ref, pack_ref, label, description, action_ref, trigger_ref, action_params, trigger_params,
                       permission_set_refs, enabled, created, updated))

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
BOOST_DESCRIBE_STRUCT(RuleView, (),
                      (id, ref, pack, pack_ref, label, description, action, action_ref, trigger, trigger_ref,
                       conditions, action_params, trigger_params, permission_set_refs, enabled, is_adhoc,
                       owner_identity, created, updated))

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
BOOST_DESCRIBE_STRUCT(TriggerSummary, (),
                      (id, ref, pack_ref, label, description, enabled, webhook_enabled, created, updated))

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
BOOST_DESCRIBE_STRUCT(TriggerView, (),
                      (id, ref, pack, pack_ref, label, description, enabled, param_schema, out_schema, webhook_enabled,
                       webhook_key, is_adhoc, sensor, sensor_ref, created, updated))

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
BOOST_DESCRIBE_STRUCT(ActionSummary, (),
                      (id, ref, pack_ref, label, description, entrypoint, runtime, runtime_ref,
                       runtime_version_constraint, accesses_mcp, default_execution_permission_set_refs, created,
                       updated))

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
BOOST_DESCRIBE_STRUCT(ActionView, (),
                      (id, ref, pack, pack_ref, label, description, entrypoint, runtime, runtime_ref,
                       runtime_version_constraint, required_worker_runtimes, worker_selector, worker_tolerations,
                       worker_affinity, param_schema, out_schema, parameter_delivery, parameter_format, output_format,
                       is_adhoc, timeout_seconds, max_retries, accesses_mcp, default_execution_permission_set_refs,
                       log_retention_policy, log_retention_limit, artifact_retention_policy, artifact_retention_limit,
                       created, updated))

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
BOOST_DESCRIBE_STRUCT(RuntimeView, (),
                      (id, ref, pack, pack_ref, description, name, aliases, distributions, installation,
                       execution_config, created, updated))

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
BOOST_DESCRIBE_STRUCT(PackSummary, (), (id, ref, label, description, version, tags, is_standard, created, updated))

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
BOOST_DESCRIBE_STRUCT(PackView, (),
                      (id, ref, label, description, version, conf_schema, config, meta, tags, runtime_deps,
                       dependencies, is_standard, created, updated))

} // namespace attune::api
