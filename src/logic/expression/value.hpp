#pragma once
#include "base/json.hpp"

#include <compare>
#include <optional>

/// How JSON values compare, count and convert: shared by expressions, conditions and schemas.
namespace attune::logic::expression {

/// Python-like: null, false, 0, "", [] and {} are false.
bool truthy(const json::value& value);

/// Deep equality without coercion: "5" is not 5, but 1 is 1.0. The order of an object's members does not matter.
bool equal(const json::value& a, const json::value& b);

/// A hash that agrees with equal().
std::size_t hash_of(const json::value& value);

/// The order of two numbers, exact for integers beyond 2^53 too. Both must be numbers.
std::strong_ordering compare_numbers(const json::value& a, const json::value& b);

/// The order of two numbers or of two strings (by bytes). Errors: any other pair.
Result<std::strong_ordering> compare(const json::value& a, const json::value& b);

/// null, bool, number, string, array or object: the answer of type_of().
std::string_view type_of(const json::value& value);

/// The value as text: strings raw, the rest as compact JSON ("null" for null).
std::string to_string(const json::value& value);

/// The integer, when the value is a whole number (1.0 is) in the range of 64 signed bits.
std::optional<std::int64_t> as_integer(const json::value& value);

/// A whole number in its one representation: signed, unless only unsigned holds it.
json::value integer_value(std::uint64_t number);

/// What a copy costs: one for each value inside, one more for each 16 bytes of text. Stops counting at `limit`.
std::size_t weight(const json::value& value, std::size_t limit);

/// Where `part` first begins in `text` at or after `from`, or npos; linear in time, unlike std::string_view::find.
std::size_t find_text(std::string_view text, std::string_view part, std::size_t from = 0);

/// The number of code points; what is not UTF-8 counts by its lead bytes.
std::size_t count_code_points(std::string_view text);

} // namespace attune::logic::expression
