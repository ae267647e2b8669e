#pragma once
#include "base/enums.hpp"
#include "base/json.hpp"
#include "logic/expression/regex.hpp"

#include <optional>
#include <string>

namespace attune::logic::matching {

enum class Operator {
    equals,
    not_equals,
    contains,
    in,
    exists,
    matches,
    greater_than,
    less_than,
    starts_with,
    ends_with,
    between,
};
ATTUNE_ENUM(Operator, equals, not_equals, contains, in, exists, matches, greater_than, less_than, starts_with,
            ends_with, between)

/// Where a comparison stands decides how it is read.
enum class Place : std::uint8_t {
    list,  ///< in a plain list of conditions: other members are ignored, and `contains` looks into texts alone
    group, ///< below all, any or not: other members are refused, and `contains` finds an item of a list, too
};

/// `{field, operator, value}`: one field of the payload compared to a value. A field that is not there, or whose type
/// the operator cannot compare, does not hold, whatever the operator; but `exists` with the value false does.
///
///     equals, not_equals       any value; 1 equals 1.0, and "1" does not
///     contains                 a text in a text; an item of a list (in a group)
///     in                       a list of values, one of which the field equals
///     exists                   true (the default) or false
///     matches                  a pattern of RE2's syntax, found anywhere in the text
///     greater_than, less_than  a number, or a text (by bytes)
///     between                  [least, greatest], both included, of numbers or of texts
///     starts_with, ends_with   a text
struct Comparison {
    static constexpr std::size_t kMaxChoices = 256; ///< of `in`

    std::string field; ///< a dotted path in the payload; a leading "payload." may be written too
    Operator op = Operator::equals;
    json::value value;
    std::optional<expression::Regex> pattern = {}; ///< of `matches`
    Place place = Place::list;

    /// Errors: `invalid`, with the member at fault below `path` ("conditions[0].value").
    static Result<Comparison> compile(const json::value& item, const std::string& path, Place place);

    /// The field's value, or null when it is not there. `payload` may be null.
    const json::value* find_in(const json::value* payload) const;
    bool holds(const json::value* actual) const;

    /// "payload.value equals 3".
    std::string text() const;
    /// "payload.value is 2, expected equals 3".
    std::string text_of_failure(const json::value* actual) const;
};

} // namespace attune::logic::matching
