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
BOOST_DESCRIBE_STRUCT(PackFile, (),
                      (ref, name, label, version, description, config_schema, conf_schema, metadata, meta, keywords,
                       tags, runtime_deps, dependencies, is_standard, config))

struct RuntimeFile {
    std::optional<std::string> name;
    std::optional<std::string> description;
    std::optional<std::vector<std::string>> aliases;
    std::optional<json::object> distributions;
    std::optional<json::object> installation;
    std::optional<json::object> execution_config;
};
BOOST_DESCRIBE_STRUCT(RuntimeFile, (), (name, description, aliases, distributions, installation, execution_config))

struct TriggerFile {
    std::optional<std::string> label;
    std::optional<std::string> description;
    std::optional<bool> enabled;
    std::optional<json::object> parameters;
    std::optional<json::object> output;
};
BOOST_DESCRIBE_STRUCT(TriggerFile, (), (label, description, enabled, parameters, output))

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
BOOST_DESCRIBE_STRUCT(ActionFile, (),
                      (label, description, entry_point, runner_type, parameters, output, parameter_delivery,
                       parameter_format, output_format, runtime_version, required_worker_runtimes, worker_selector,
                       worker_tolerations, worker_affinity, accesses_mcp, default_execution_permission_set_refs,
                       log_retention_policy, log_retention_limit, artifact_retention_policy, artifact_retention_limit,
                       timeout_seconds, max_retries, workflow_file))

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
BOOST_DESCRIBE_STRUCT(RuleFile, (),
                      (label, description, trigger_ref, action_ref, enabled, conditions, action_params, trigger_params,
                       permission_set_refs))

struct CalendarFile {
    std::optional<std::string> label;
    std::optional<std::string> description;
    std::optional<json::object> definition; ///< as in the API
    std::optional<std::string> ics;         ///< a file of the pack, whose events the calendar has
};
BOOST_DESCRIBE_STRUCT(CalendarFile, (), (label, description, definition, ics))

struct PermissionSetFile {
    std::optional<std::string> label;
    std::optional<std::string> description;
    std::optional<json::array> grants;
};
BOOST_DESCRIBE_STRUCT(PermissionSetFile, (), (label, description, grants))

} // namespace attune::logic::packs
