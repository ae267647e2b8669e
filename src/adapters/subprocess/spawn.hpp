#pragma once
#include "adapters/subprocess/unique_fd.hpp"
#include "runtime/process.hpp"

#include <sys/types.h>

namespace attune::adapters::subprocess {

/// A program that runs, with our ends of its pipes (non-blocking).
struct Spawned {
    pid_t pid = -1;
    UniqueFd pidfd;
    UniqueFd in; ///< none when the spec has no input
    UniqueFd out;
    UniqueFd err;
};

/// Starts the program. Blocks until it runs: call on the spawner thread. Errors as ProcessRunner::run, and `too_large`
/// for arguments and environment that the system does not take.
Result<Spawned> spawn(const ProcessSpec& spec, std::string_view fallback_path);

} // namespace attune::adapters::subprocess
