#pragma once
#include "app/cli/command.hpp"

#include <istream>

namespace attune::app::cli {

/// The text of a file, or of stdin ("-"). Errors: `invalid` with the option's name (no such file, a directory, more
/// than `most` bytes).
Result<std::string> read_input(const std::string& name, const std::string& option, std::size_t most);

/// Puts the texts of files in the place of "@path", and of `in` in the place of "@-", where the command's parameters
/// allow it. Errors: `invalid` with the option's name (no such file, over 16 MiB, "@-" twice).
Result<Arguments> read_file_arguments(const Command& command, Arguments arguments, std::istream& in);

} // namespace attune::app::cli
