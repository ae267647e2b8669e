#pragma once
// Private to logic/schema: the compiled form. Nodes refer to each other by number, so that references may be circular.
#include "base/json.hpp"
#include "logic/expression/regex.hpp"
#include "logic/schema/format.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace attune::logic::schema {

using NodeId = std::uint32_t;
using MaybeNode = std::optional<NodeId>;
using Limit = std::optional<std::uint64_t>;

/// A set of types; a number without a fraction is an integer too.
enum TypeBit : unsigned {
    null_type = 1,
    boolean_type = 2,
    integer_type = 4,
    number_type = 8,
    string_type = 16,
    array_type = 32,
    object_type = 64,
};

struct NumberRules {
    std::optional<json::value> minimum;
    std::optional<json::value> maximum;
    std::optional<json::value> exclusive_minimum;
    std::optional<json::value> exclusive_maximum;
    std::optional<json::value> multiple_of;
};

struct Pattern {
    std::string text;
    expression::Regex regex;
};

struct StringRules {
    Limit min_length;
    Limit max_length;
    std::optional<Pattern> pattern;
    std::string format_name;
    FormatCheck format = nullptr;
};

struct ArrayRules {
    Limit min_items;
    Limit max_items;
    bool unique = false;
    std::vector<NodeId> first; ///< by position
    MaybeNode others;          ///< after those
    MaybeNode contains;
    Limit min_contains;
    Limit max_contains;
};

struct Dependency {
    std::string name;                  ///< when this property is there ...
    std::vector<std::string> required; ///< ... these are required, and
    MaybeNode schema;                  ///< ... the whole object must fit this
};

struct ObjectRules {
    Limit min_properties;
    Limit max_properties;
    std::vector<std::string> required;
    std::map<std::string, NodeId, std::less<>> properties;
    std::vector<std::pair<Pattern, NodeId>> patterns;
    MaybeNode additional;
    MaybeNode names;
    std::vector<Dependency> dependencies;
};

struct Combination {
    MaybeNode reference;
    std::vector<NodeId> all_of;
    std::vector<NodeId> any_of;
    std::vector<NodeId> one_of;
    MaybeNode none_of; ///< `not`
    MaybeNode condition;
    MaybeNode consequence;
    MaybeNode alternative;
};

struct Node {
    std::optional<bool> fixed;          ///< the schema `true` or `false`
    unsigned types = 0;                 ///< TypeBits; 0 = any
    std::optional<json::array> allowed; ///< `enum`, or the one value of `const`
    NumberRules number;
    StringRules string;
    ArrayRules array;
    ObjectRules object;
    Combination combined;
};

struct Schema {
    std::vector<Node> nodes; ///< the first is the root
};

} // namespace attune::logic::schema
