#pragma once
#include "base/json.hpp"
#include "logic/action/environment.hpp"

#include <string>
#include <vector>

namespace attune::logic::action {

/// What is to be run, and what its caller found out about it on disk.
struct ActionSource {
    std::string entrypoint;
    bool is_adhoc = false;
    std::string pack_ref;
    std::string runtime_name;   ///< lower case: "shell", "python", ...
    std::string pack_dir;       ///< absolute; empty when the pack has no directory
    bool has_pack_file = false; ///< action_file() exists
    std::string env_dir;        ///< the pack's environment for this runtime; empty when it has none
};

/// Where an action's file would be: `<pack_dir>/actions/<entrypoint>`. Errors: `invalid` when the entrypoint is empty,
/// absolute or climbs out of the pack's directory.
Result<std::string> action_file(std::string_view pack_dir, std::string_view entrypoint);

/// Where the pack's environment for a runtime would be: `<envs_dir>/<pack_ref>/<runtime_name>`. Empty when the
/// runtime's name is no folder's name, or there is no `envs_dir`.
std::string environment_dir(std::string_view envs_dir, std::string_view pack_ref, std::string_view runtime_name);

enum class StdinForm {
    parameters, ///< the formatted parameters and a newline, or nothing when they go by file
    empty,      ///< closed: the script has them as shell variables
};

/// How to run an action.
struct CommandPlan {
    std::vector<std::string> argv;
    /// Given to the child as descriptor 3, and named /dev/fd/3 in argv. Empty = none.
    std::string script;
    StdinForm stdin_form = StdinForm::parameters;
    bool is_native = false;
    std::vector<EnvironmentChange> env_vars;
};

/// Decides between the pack's file and inline code, and fills the tokens {pack_dir} {env_dir} {interpreter}
/// {action_file} {manifest_path}. `parameters` (secrets included) are used for the shell helpers alone. Errors:
/// `invalid` naming the member of execution_config or the entrypoint, `not_found` when there is no file to run.
Result<CommandPlan> plan_command(const json::object& execution_config, const ActionSource& source,
                                 const json::object& parameters);

} // namespace attune::logic::action
