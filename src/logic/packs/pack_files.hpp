#pragma once
#include "base/reflect.hpp"
#include "domain/action.hpp"

/// The YAML files of a pack as they are written. Every member may be missing or null; unknown keys are ignored.
namespace attune::logic::packs {

struct PackFile {
    std::optional<std::string> ref;
    std::optional<std::string> name;
    std::optional<std::string> label; ///< read when `name` is missing
    std::optional<json::value> version;
    std::optional<std::string> description;
    std::optional<json::object> config_schema;
    std::optional<json::object> conf_schema; ///< another spelling, as are `meta` and `tags`
    std::optional<json::object> metadata;
    std::optional<json::object> meta;
    std::optional<std::vector<std::string>> keywords;
    std::optional<std::vector<std::string>> tags;
    std::optional<std::vector<std::string>> runtime_deps;
    std::optional<json::value> dependencies;
    std::optional<bool> is_standard;
    std::optional<json::object> config; ///< initial values; a loaded pack keeps its own
};
ATTUNE_STRUCT(PackFile);

struct RuntimeFile {
    std::optional<std::string> name;
    std::optional<std::string> description;
    std::optional<std::vector<std::string>> aliases;
    std::optional<json::object> distributions;
    std::optional<json::object> installation;
    std::optional<json::object> execution_config;
};
ATTUNE_STRUCT(RuntimeFile);

struct TriggerFile {
    std::optional<std::string> label;
    std::optional<std::string> description;
    std::optional<bool> enabled;
    std::optional<json::object> parameters;
    std::optional<json::object> output;
};
ATTUNE_STRUCT(TriggerFile);

struct ActionFile {
    std::optional<std::string> label;
    std::optional<std::string> description;
    std::optional<std::string> entry_point;
    std::optional<std::string> runner_type;
    std::optional<json::object> parameters;
    std::optional<json::object> output;
    std::optional<ParameterDelivery> parameter_delivery;
    std::optional<ParameterFormat> parameter_format;
    std::optional<OutputFormat> output_format;
    std::optional<std::string> runtime_version;
    std::optional<json::object> required_worker_runtimes;
    std::optional<json::object> worker_selector;
    std::optional<json::array> worker_tolerations;
    std::optional<json::object> worker_affinity;
    std::optional<bool> accesses_mcp;
    std::optional<std::vector<std::string>> default_execution_permission_set_refs;
    std::optional<std::string> log_retention_policy;
    std::optional<std::int64_t> log_retention_limit;
    std::optional<std::string> artifact_retention_policy;
    std::optional<std::int64_t> artifact_retention_limit;
    std::optional<std::int64_t> timeout_seconds;
    std::optional<std::int64_t> max_retries;
    std::optional<std::string> workflow_file;
};
ATTUNE_STRUCT(ActionFile);

struct RuleFile {
    std::optional<std::string> label;
    std::optional<std::string> description;
    std::optional<std::string> trigger_ref;
    std::optional<std::string> action_ref;
    std::optional<bool> enabled;
    std::optional<json::value> conditions;
    std::optional<json::object> action_params;
    std::optional<json::object> trigger_params;
    std::optional<std::vector<std::string>> permission_set_refs;
};
ATTUNE_STRUCT(RuleFile);

struct CalendarFile {
    std::optional<std::string> label;
    std::optional<std::string> description;
    std::optional<json::object> definition; ///< as in the API
    std::optional<std::string> ics;         ///< a file of the pack, whose events the calendar has
};
ATTUNE_STRUCT(CalendarFile);

struct PermissionSetFile {
    std::optional<std::string> label;
    std::optional<std::string> description;
    std::optional<json::array> grants;
};
ATTUNE_STRUCT(PermissionSetFile);

} // namespace attune::logic::packs
