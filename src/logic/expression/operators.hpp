#pragma once
// Private to logic/expression: what the operators do.
#include "logic/expression/operand.hpp"
#include "logic/expression/program.hpp"

namespace attune::logic::expression {

/// + - * / % on numbers (whole numbers stay whole, checked against overflow), + on strings and lists too.
Result<json::value> arithmetic(Op op, Operand& left, Operand& right, Budget& budget);
Result<json::value> negate(const json::value& value);

/// == != < > <= >= in
Result<bool> test(Op op, const json::value& left, const json::value& right, Budget& budget);

/// `needle in haystack`: an element of a list, a key of an object, a part of a string.
Result<bool> contains(const json::value& haystack, const json::value& needle, Budget& budget);

/// container[index] and container.name; the result lies inside `container`.
Result<const json::value*> element(const json::value& container, const json::value& index);
Result<const json::value*> field(const json::value& container, std::string_view name);

} // namespace attune::logic::expression
