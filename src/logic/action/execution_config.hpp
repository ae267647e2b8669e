#pragma once
#include "base/json.hpp"
#include "logic/action/environment.hpp"

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace attune::logic::action {

enum class InlineStrategy { direct, temp_file };
ATTUNE_ENUM(InlineStrategy, direct, temp_file)

/// The part of a runtime's `execution_config` that running an action reads; tokens not yet filled.
struct ExecutionConfig {
    std::string binary; ///< empty = native: the file is run itself
    std::vector<std::string> args;
    std::string environment_interpreter; ///< environment.interpreter_path: the binary where the pack has an environment
    std::vector<std::string> create_command; ///< environment.create_command: makes an empty environment in {env_dir}
    std::string manifest_file; ///< dependencies.manifest_file: the pack's list of dependencies, below its folder
    std::string lock_file;     ///< dependencies.lock_file: a file beside it that says the versions
    std::vector<std::string> install_command; ///< dependencies.install_command: installs what {manifest_path} lists
    InlineStrategy inline_strategy = InlineStrategy::direct;
    bool inject_shell_helpers = false;
    std::vector<EnvironmentChange> env_vars;
};

/// Unknown members are ignored. Errors: `invalid` naming the member ("execution_config.interpreter.args[0]").
Result<ExecutionConfig> read_execution_config(const json::object& config);

/// A token's name without braces, and its text.
using Tokens = std::span<const std::pair<std::string_view, std::string>>;

/// Replaces each "{name}" of a known name, in one pass: what was put in is not looked at again.
std::string fill_tokens(std::string_view text, Tokens tokens);

} // namespace attune::logic::action
