#pragma once
#include "base/json.hpp"

#include <string_view>

namespace attune::logic::matching {

/// What a dotted path ("items.0.name") leads to, or null. Numeric segments index lists. No segment may be empty.
const json::value* walk(const json::value& from, std::string_view path);

} // namespace attune::logic::matching
