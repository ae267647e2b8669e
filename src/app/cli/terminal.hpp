#pragma once
#include "base/result.hpp"

#include <string>

namespace attune::app::cli {

/// Columns of the terminal that stdout is; 0 when it is none (nothing is cut then).
std::size_t terminal_width();

/// Asks on the terminal without showing what is typed; without a terminal, reads one line of stdin. Errors: `invalid`
/// when nothing comes.
Result<std::string> read_password(const std::string& prompt);

} // namespace attune::app::cli
