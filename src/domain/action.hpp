#pragma once
#include "base/reflect.hpp"

namespace attune {

enum class ParameterDelivery { stdin_, file };
BOOST_DESCRIBE_ENUM(ParameterDelivery, stdin_, file)
enum class ParameterFormat { dotenv, json, yaml };
BOOST_DESCRIBE_ENUM(ParameterFormat, dotenv, json, yaml)
enum class OutputFormat { text, json, yaml, jsonl };
BOOST_DESCRIBE_ENUM(OutputFormat, text, json, yaml, jsonl)

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
BOOST_DESCRIBE_STRUCT(Action, (),
                      (id, ref, pack, pack_ref, label, description, entrypoint, runtime, runtime_ref,
                       runtime_version_constraint, required_worker_runtimes, worker_selector, worker_tolerations,
                       worker_affinity, param_schema, out_schema, parameter_delivery, parameter_format, output_format,
                       is_adhoc, timeout_seconds, max_retries, accesses_mcp, default_execution_permission_set_refs,
                       log_retention_policy, log_retention_limit, artifact_retention_policy, artifact_retention_limit,
                       generation, created, updated))

} // namespace attune
