#pragma once
// Private to logic/expression: the compiled form, code for a stack machine. Flat code keeps evaluation and destruction
// free of recursion, whatever the expression.
#include "base/json.hpp"
#include "logic/expression/regex.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace attune::logic::expression {

enum class Op : std::uint8_t {
    push_constant, ///< argument: constant
    load_variable, ///< argument: name
    load_member,   ///< argument: name; replaces the top by its member
    load_index,    ///< pops the index, replaces the top by the element
    make_list,     ///< count: elements popped
    call_builtin,  ///< argument: builtin; count: arguments popped
    call_scope,    ///< argument: name; count: arguments popped
    match_pattern, ///< argument: pattern; pops match()'s two arguments
    negate,
    logical_not,
    to_truth, ///< replaces the top by true or false
    and_jump, ///< argument: target; top = truth of top; jumps when false, else pops
    or_jump,  ///< argument: target; top = truth of top; jumps when true, else pops
    add,
    subtract,
    multiply,
    divide,
    modulo,
    is_equal,
    is_unequal,
    is_less,
    is_greater,
    is_at_most,
    is_at_least,
    is_in,
};

struct Instruction {
    Op op;
    std::uint32_t argument = 0;
    std::uint32_t count = 0;
};

struct Program {
    std::string text;
    std::vector<Instruction> code;
    std::vector<json::value> constants;
    std::vector<std::string> names;
    std::vector<Regex> patterns;
};

} // namespace attune::logic::expression
