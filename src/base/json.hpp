#pragma once
#include "base/result.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

namespace attune {

namespace json = boost::json;

/// Bounds of JSON that comes from outside.
struct JsonLimits {
    std::size_t depth = 64; ///< deeper nesting is refused
};

/// Reads one JSON text (RFC 8259, no extensions). Errors: `bad_request` with line and column. U+0000 inside strings
/// becomes U+FFFD (no database we use keeps it in text); a number that no double holds is refused.
Result<json::value> parse_json(std::string_view text, JsonLimits limits = {});

/// Compact text; keys in their own order.
std::string to_text(const json::value& value);

/// Indented by two blanks, for people.
std::string to_pretty_text(const json::value& value);

/// "null", "boolean", "integer", "number", "string", "array" or "object".
std::string_view type_name(const json::value& value);

/// A short rendering of a value for error messages, at most about 60 characters.
std::string excerpt(const json::value& value);

/// The member, or null when absent.
const json::value* find_member(const json::value& object, std::string_view key);

/// The text that a member is; the fallback when it is absent, or no text.
std::string text_member(const json::object& object, std::string_view key, std::string_view fallback = {});
std::string text_member(const json::value& object, std::string_view key, std::string_view fallback = {});

/// "a.b" from "a" and "b"; "b" from "" and "b".
std::string join_path(std::string_view parent, std::string_view key);
std::string join_path(std::string_view parent, std::size_t index);

} // namespace attune
