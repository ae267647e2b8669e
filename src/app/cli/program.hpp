#pragma once
#include "app/environment.hpp"

#include <string>
#include <vector>

namespace attune::app::cli {

/// The whole program but its main(): reads the command line, does what it says, and returns the exit code. `words` are
/// the arguments without the program's name; results go to stdout, everything else to stderr.
int run_program(std::vector<std::string> words, const Environment& environment);

} // namespace attune::app::cli
