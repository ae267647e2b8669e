#pragma once
#include "base/json.hpp"

#include <string>

namespace attune::adapters::yaml {

/// The value as a block-style YAML document that parse_yaml reads back unchanged. Ends with a newline.
std::string to_yaml(const json::value& value);

} // namespace attune::adapters::yaml
