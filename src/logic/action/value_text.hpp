#pragma once
#include "base/json.hpp"

#include <string>

namespace attune::logic::action {

/// A number as people and shells write it: the shortest text that reads back as the same double, always with a
/// fraction or an exponent ("1.5", "2.0", "1e+300").
std::string number_text(double number);

/// A parameter as one piece of text: strings as they are, numbers and booleans in words, null, arrays and objects as
/// JSON.
std::string value_text(const json::value& value);

/// The text between single quotes for a POSIX shell, "it's" as 'it'\''s'.
std::string shell_quote(std::string_view text);

/// "[A-Za-z_][A-Za-z0-9_]*".
bool is_identifier(std::string_view text);

/// Every character that an identifier cannot hold becomes '_'. A leading digit is kept: for the rest of a name.
std::string to_identifier_part(std::string_view text);

/// The same for a whole name: a '_' goes before a leading digit.
std::string to_identifier(std::string_view text);

} // namespace attune::logic::action
