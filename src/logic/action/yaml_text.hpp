#pragma once
#include "base/json.hpp"

#include <string>

namespace attune::logic::action {

/// A block mapping ("{}" when empty), without a newline at the end. Strings that any reader could take for something
/// else are in double quotes, with escapes for what is not printable.
std::string to_yaml(const json::object& object);

} // namespace attune::logic::action
