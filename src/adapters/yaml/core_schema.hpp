#pragma once
#include "base/json.hpp"
#include "base/result.hpp"

#include <string_view>

namespace attune::adapters::yaml {

/// What a plain (unquoted) scalar means in the core schema of YAML 1.2. Errors: `invalid` for what JSON cannot hold
/// (.inf, .nan, a number out of a double's range).
Result<json::value> resolve_plain(std::string_view text);

} // namespace attune::adapters::yaml
