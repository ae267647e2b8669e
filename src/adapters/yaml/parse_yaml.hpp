#pragma once
#include "base/json.hpp"
#include "base/result.hpp"

#include <string_view>

namespace attune::adapters::yaml {

/// Bounds of YAML that comes from outside.
struct YamlLimits {
    std::size_t bytes = std::size_t{2} << 20U; ///< longer texts are refused
    std::size_t depth = 64;                    ///< deeper nesting is refused
    std::size_t nodes = 100'000;               ///< values in the result, those that aliases repeat included
};

/// Reads one YAML document with the core schema of YAML 1.2: only true/false/null, decimal, 0o and 0x numbers and
/// decimal fractions are not texts; quoted scalars are always texts (so `yes`, `on` and dates are texts, too). An empty
/// text is null. Anchors and aliases work.
///
/// Refused, with "<name>:<line>:<column>: what is wrong" (`bad_request`; over a bound: `too_large`): bad syntax, bytes
/// that are no UTF-8, control characters, a key twice in one mapping, keys that are not scalars, several documents,
/// merge keys (`<<`), tags of one's own, infinite numbers.
Result<json::value> parse_yaml(std::string_view text, std::string_view name, YamlLimits limits = {});

} // namespace attune::adapters::yaml
