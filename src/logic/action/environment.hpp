#pragma once
#include "base/json.hpp"
#include "domain/action.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace attune::logic::action {

/// Name and value; each name once.
using Environment = std::vector<std::pair<std::string, std::string>>;

/// One of a runtime's `env_vars`, its tokens resolved.
struct EnvironmentChange {
    enum class Operation { set, prepend, append };
    ATTUNE_NESTED_ENUM(Operation, set, prepend, append)
    std::string name;
    std::string value;
    Operation operation = Operation::set;
    std::string separator = ":";
};

/// What an action may learn of the server's environment: PATH (a usual one when absent), HOME, LANG, TZ.
Environment base_environment(std::span<const std::pair<std::string, std::string>> server);

/// What makes environments of packs learns: that, and what says where packages come from (proxies, certificates, and
/// the settings of pip and npm).
Environment build_environment(std::span<const std::pair<std::string, std::string>> server);

/// What a child is told about its execution. Empty texts are left out.
struct ExecutionContext {
    std::int64_t execution = 0;
    std::string action_ref;
    std::string pack_ref;
    std::string rule_ref;    ///< only when a rule caused it
    std::string trigger_ref; ///< only when a rule caused it
    std::string api_url;
    std::string artifacts_dir;
    std::string runtime_envs_dir;
    ParameterDelivery delivery = ParameterDelivery::stdin_;
    ParameterFormat format = ParameterFormat::json;
    std::string parameter_file; ///< with ParameterDelivery::file
    std::string api_token;      ///< only when the execution has a permission set
    std::string instance_id;    ///< of the database, by which leftovers are found again
    std::string worker_name;    ///< likewise
    json::object context;       ///< `context` of the parameters, as stored: without secrets
    json::object env_vars;      ///< of the execution, as stored
};

/// The child's whole environment: `base`, the execution's own variables, the runtime's changes, then the ATTUNE_ ones,
/// which nothing before them can forge. Never holds secrets but the scoped token. Names of the execution's variables
/// that no shell could hold, or that begin with ATTUNE_, are left out.
Environment make_environment(Environment base, std::span<const EnvironmentChange> changes,
                             const ExecutionContext& context);

} // namespace attune::logic::action
