#pragma once
#include "base/result.hpp"

namespace attune::app::cli {

/// What the process exits with. `attune --help` lists the same.
enum class ExitCode : int {
    ok = 0,
    failure = 1,
    usage = 2,             ///< the command line, or a value that the server refused
    not_authenticated = 3, ///< no login, a wrong or expired one
    not_found = 4,
    conflict = 5,
    unreachable = 6, ///< no server, or it is not ready
    forbidden = 7,
    not_completed = 8, ///< the execution that was waited for did not complete
    interrupted = 130
};

ExitCode exit_code(Errc code);

} // namespace attune::app::cli
