#pragma once
#include "logic/action/execution_config.hpp"
#include "logic/action/interpreter.hpp"

#include <functional>

namespace attune::logic::action {

/// Of a text, in hexadecimal digits.
using Digest = std::function<std::string(std::string_view text)>;

/// What a pack's environment for a runtime is made of: another text, another environment.
struct EnvironmentInputs {
    std::string manifest;  ///< the text of the pack's list of dependencies
    std::string lock_file; ///< that of dependencies.lock_file; empty when the pack has none
};

/// An environment of a pack: a virtualenv, a folder with node_modules.
struct PackEnvironment {
    std::string dir;   ///< <envs_dir>/<pack>/<runtime>-<digest of all that it is made of>
    std::string ready; ///< the file that is there once it is complete
    /// Makes it where it is missing, for a POSIX shell: safe when interrupted at any point, and when asked for twice at
    /// once (the second waits); older ones of the pack and runtime go, but for the one before. Says on stdout what it
    /// does; writes that to `<dir>/build.log`, too.
    std::string script;
};

/// Whether the runtime keeps an environment for packs that list dependencies.
bool makes_environments(const ExecutionConfig& config);

/// The environment that the pack needs. `source` has its pack_dir.
PackEnvironment pack_environment(const ExecutionConfig& config, const ActionSource& source, std::string_view envs_dir,
                                 const EnvironmentInputs& inputs, const Digest& digest);

} // namespace attune::logic::action
