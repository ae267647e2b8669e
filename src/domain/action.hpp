#pragma once
#include "base/reflect.hpp"

namespace attune {

enum class ParameterDelivery { stdin_, file };
ATTUNE_ENUM(ParameterDelivery, stdin_, file)
enum class ParameterFormat { dotenv, json, yaml };
ATTUNE_ENUM(ParameterFormat, dotenv, json, yaml)
enum class OutputFormat { text, json, yaml, jsonl };
ATTUNE_ENUM(OutputFormat, text, json, yaml, jsonl)

/// A program that can be run, with the schema of its parameters.
struct Action {
    ActionId id;
    std::string ref;
    std::optional<PackId> pack;
    std::string pack_ref;
    std::string label;
    std::optional<std::string> description;
    std::string entrypoint;
    std::optional<RuntimeId> runtime;
    std::optional<std::string> runtime_ref;
    std::optional<std::string> runtime_version_constraint;
    json::object required_worker_runtimes;
    json::object worker_selector;
    json::array worker_tolerations;
    json::object worker_affinity;
    std::optional<json::object> param_schema;
    std::optional<json::object> out_schema;
    ParameterDelivery parameter_delivery = ParameterDelivery::stdin_;
    ParameterFormat parameter_format = ParameterFormat::json;
    OutputFormat output_format = OutputFormat::text;
    bool is_adhoc = false;
    std::optional<std::int64_t> timeout_seconds;
    std::int64_t max_retries = 0;
    bool accesses_mcp = false;
    std::vector<std::string> default_execution_permission_set_refs;
    std::optional<std::string> log_retention_policy;
    std::optional<std::int64_t> log_retention_limit;
    std::optional<std::string> artifact_retention_policy;
    std::optional<std::int64_t> artifact_retention_limit;
    std::int64_t generation = 0;
    Timestamp created;
    Timestamp updated;
};
ATTUNE_STRUCT(Action);

} // namespace attune
