#pragma once
#include <string_view>

namespace attune::app::cli {

/// Command lines that show a command at work, one a line, without "attune". Every command has some.
std::string_view examples_of(std::string_view path);

} // namespace attune::app::cli
