#pragma once
#include "base/result.hpp"

#include <string>

namespace attune::app::cli {

/// A completion script for "bash", "zsh" or "fish", made of the command table. Errors: `invalid` for another shell.
Result<std::string> completion_script(const std::string& shell);

} // namespace attune::app::cli
