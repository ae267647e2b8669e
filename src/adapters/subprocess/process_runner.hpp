#pragma once
#include "runtime/process.hpp"

#include <memory>
#include <string>

namespace attune::adapters::subprocess {

struct Options {
    /// Where program names are looked up when the child's environment has no PATH.
    std::string fallback_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    /// How long the pipes are read after the program ended, when something it left in the background holds them.
    Duration drain = std::chrono::milliseconds{200};
};

/// The runner for programs of this machine. It owns a spawner thread, to whose life the children's parent-death signal
/// is tied: when the runner (or the server) ends, what still runs is killed. Used on `loop`, and destroyed before it.
/// Ignores SIGPIPE in the whole process, unless a handler is set.
std::unique_ptr<ProcessRunner> make_process_runner(asio::any_io_executor loop, Options options = {});

/// Makes this process the parent of what its children orphan, so that a stop finds all of a tree. From then on every
/// child of this process belongs to the runner, which reaps it: nothing else may wait for children of its own. Errors:
/// `unavailable`.
Result<void> become_subreaper();

} // namespace attune::adapters::subprocess
