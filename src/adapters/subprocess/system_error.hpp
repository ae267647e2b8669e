#pragma once
#include "base/result.hpp"

#include <cerrno>
#include <system_error>

namespace attune::adapters::subprocess {

/// "what: No such file or directory", from errno or a given number.
inline Error system_error(Errc code, std::string_view what, int number = errno) {
    return Error{code, fmt::format("{}: {}", what, std::generic_category().message(number))};
}

} // namespace attune::adapters::subprocess
