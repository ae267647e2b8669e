#pragma once
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "runtime/signal.hpp"
#include "runtime/task.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace attune {

/// What to start. The child gets exactly this environment, its own process group, every descriptor closed but the three
/// standard ones (and `script`, when given), default signal handlers, and dies with the server.
struct ProcessSpec {
    std::vector<std::string> argv = {}; ///< argv[0]: a path, or a name looked up in PATH
    std::vector<std::pair<std::string, std::string>> environment = {};
    std::string working_directory = {}; ///< empty = the server's
    std::string input = {};             ///< written to stdin, then closed
    /// A script that no file on disk holds: given to the child as descriptor 3 (a sealed memfd), to be named in argv as
    /// /dev/fd/3. Empty = none.
    std::string script = {};
};

enum class OutputStream : std::uint8_t { out, err };

struct ProcessExit {
    int exit_code = -1; ///< -1 when a signal ended it
    int signal = 0;     ///< the signal that ended it, or 0
};

/// Starts programs. One per process; used from one loop.
class ProcessRunner {
public:
    virtual ~ProcessRunner() = default;

    struct Watch {
        /// Called on the loop with the process id once it runs.
        std::function<void(std::int64_t pid)> started;
        /// Called on the loop with each piece of output as it comes; the process is never blocked by it.
        std::function<void(OutputStream, std::string_view)> output;
        /// When set: SIGTERM to the process group, and SIGKILL after `kill_after`.
        Signal* stop = nullptr;
        Duration kill_after = std::chrono::seconds{5};
    };

    /// Runs the program to its end: returns when the process has been reaped and its output pipes are drained. What it
    /// left running in the background on purpose is not waited for (its hold on the pipes is given up after a short
    /// while); after a stop the whole group is gone. Errors: `not_found` (no such program or directory), `invalid` (not
    /// executable), `unavailable` (no process can be made now). When the awaiting coroutine is cancelled, the group is
    /// killed.
    virtual task<Result<ProcessExit>> run(ProcessSpec spec, Watch watch) = 0;
};

} // namespace attune
