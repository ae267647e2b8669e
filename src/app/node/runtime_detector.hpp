#pragma once
#include "domain/pack.hpp"
#include "logic/action/environment.hpp"
#include "logic/placement/worker_traits.hpp"
#include "runtime/process.hpp"
#include "runtime/task.hpp"

#include <map>

namespace attune::app {

/// Finds out which runtimes this machine has: those without an interpreter, those whose interpreter is in the PATH of
/// actions, and those for which some pack has an environment. Asks each interpreter once for its version (--version, at
/// most 5 s). Lives on the worker's loop.
class RuntimeDetector {
public:
    /// `envs_dir`: environments of packs, <envs_dir>/<pack>/<runtime>.
    RuntimeDetector(ProcessRunner& processes, logic::action::Environment environment, std::string envs_dir)
        : processes_(processes), environment_(std::move(environment)), envs_dir_(std::move(envs_dir)) {}

    task<std::vector<logic::placement::OfferedRuntime>> detect(std::vector<Runtime> runtimes);

private:
    std::string find_program(const std::string& name) const;
    bool has_environment(const std::string& runtime_name) const;
    task<std::vector<std::string>> version_of(std::string program);

    ProcessRunner& processes_;
    logic::action::Environment environment_;
    std::string envs_dir_;
    std::map<std::string, std::vector<std::string>> versions_; ///< by the program's path
};

/// The first version number of a text ("Python 3.11.2" is "3.11.2"); empty when it has none.
std::string version_in(std::string_view text);

} // namespace attune::app
