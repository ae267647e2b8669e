#include "app/cli/exit_code.hpp"

namespace attune::app::cli {

ExitCode exit_code(Errc code) {
    switch (code) {
    case Errc::bad_request:
    case Errc::invalid:
    case Errc::too_large:
    case Errc::unsupported: return ExitCode::usage;
    case Errc::unauthenticated: return ExitCode::not_authenticated;
    case Errc::forbidden: return ExitCode::forbidden;
    case Errc::not_found: return ExitCode::not_found;
    case Errc::conflict: return ExitCode::conflict;
    case Errc::unavailable: return ExitCode::unreachable;
    case Errc::cancelled: return ExitCode::interrupted;
    case Errc::too_many:
    case Errc::timeout:
    case Errc::not_implemented:
    case Errc::internal: return ExitCode::failure;
    }
    return ExitCode::failure;
}

} // namespace attune::app::cli
