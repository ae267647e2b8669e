#pragma once
#include "runtime/process.hpp"

#include <memory>

namespace attune::adapters::subprocess {

/// A ProcessSpec in the form that execve takes: everything is made before the child exists, because the child may not
/// allocate. Refers to the spec.
struct Command {
    std::string program; ///< with a slash
    std::vector<char*> argv;
    std::vector<std::string> variables;
    std::vector<char*> envp;
    const char* working_directory = nullptr; ///< null = the server's
};

/// Finds the program and builds the arrays. Errors: `invalid` (an empty argv, a NUL in a text, a bad variable's name,
/// a file that is not executable), `not_found` (no such name in PATH).
Result<Command> prepare_command(const ProcessSpec& spec, std::string_view fallback_path);

} // namespace attune::adapters::subprocess
