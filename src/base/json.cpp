#include "base/json.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <boost/json/parser.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>

namespace attune {
namespace {

Error syntax_error(std::string_view text, std::size_t at, std::string_view what) {
    const auto before = text.substr(0, at);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const auto line_start = before.rfind('\n');
    const auto column = line_start == std::string_view::npos ? at + 1 : at - line_start;
    return Error{Errc::bad_request, fmt::format("not JSON: {} at line {}, column {}", what, line, column)};
}

/// Whether any string holds U+0000, which is rare: looked for in the text first, so that ordinary bodies pay nothing.
bool may_hold_nul(std::string_view text) {
    return text.find("\\u0000") != std::string_view::npos || text.find('\0') != std::string_view::npos;
}

void replace_nul(json::value& value) {
    if (auto* text = value.if_string()) {
        if (text->find('\0') != json::string::npos) *text = to_valid_utf8({text->data(), text->size()});
    } else if (auto* array = value.if_array()) {
        for (auto& item : *array) replace_nul(item);
    } else if (auto* object = value.if_object()) {
        json::object clean;
        for (auto& [key, member] : *object) {
            replace_nul(member);
            clean[to_valid_utf8({key.data(), key.size()})] = std::move(member);
        }
        *object = std::move(clean);
    }
}

bool has_infinite_number(const json::value& value) {
    if (const auto* number = value.if_double()) return !std::isfinite(*number);
    if (const auto* array = value.if_array()) return std::any_of(array->begin(), array->end(), has_infinite_number);
    if (const auto* object = value.if_object()) {
        return std::any_of(object->begin(), object->end(),
                           [](const auto& member) { return has_infinite_number(member.value()); });
    }
    return false;
}

bool has_double(const json::value& value) {
    if (value.is_double()) return true;
    if (const auto* array = value.if_array()) return std::any_of(array->begin(), array->end(), has_double);
    if (const auto* object = value.if_object()) {
        return std::any_of(object->begin(), object->end(),
                           [](const auto& member) { return has_double(member.value()); });
    }
    return false;
}

/// The shortest text that reads back as the same double, and as a double: 0.3, 2.0, 1e-07.
std::string number_text(double number) {
    auto text = fmt::format("{}", number);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
}

/// Compact text with readable numbers: the library writes 0.3 as 3E-1.
void write_compact(const json::value& value, std::string& out) {
    if (const auto* object = value.if_object()) {
        out += '{';
        bool first = true;
        for (const auto& [key, member] : *object) {
            if (!first) out += ',';
            first = false;
            out += json::serialize(json::string_view{key}) + ':';
            write_compact(member, out);
        }
        out += '}';
    } else if (const auto* array = value.if_array()) {
        out += '[';
        for (std::size_t i = 0; i < array->size(); ++i) {
            if (i > 0) out += ',';
            write_compact((*array)[i], out);
        }
        out += ']';
    } else if (const auto* number = value.if_double()) {
        out += number_text(*number);
    } else {
        out += json::serialize(value);
    }
}

void write_pretty(const json::value& value, std::string& out, int indent) {
    const auto newline = [&](int depth) { out += '\n' + std::string(static_cast<std::size_t>(depth) * 2, ' '); };
    if (const auto* object = value.if_object(); object != nullptr && !object->empty()) {
        out += '{';
        bool first = true;
        for (const auto& [key, member] : *object) {
            if (!first) out += ',';
            first = false;
            newline(indent + 1);
            out += json::serialize(json::string_view{key}) + ": ";
            write_pretty(member, out, indent + 1);
        }
        newline(indent);
        out += '}';
    } else if (const auto* array = value.if_array(); array != nullptr && !array->empty()) {
        out += '[';
        bool first = true;
        for (const auto& item : *array) {
            if (!first) out += ',';
            first = false;
            newline(indent + 1);
            write_pretty(item, out, indent + 1);
        }
        newline(indent);
        out += ']';
    } else {
        write_compact(value, out);
    }
}

} // namespace

Result<json::value> parse_json(std::string_view text, JsonLimits limits) {
    json::parse_options options;
    options.max_depth = limits.depth;
    json::parser parser({}, options);
    json::error_code failure;
    const auto used = parser.write_some({text.data(), text.size()}, failure);
    if (failure) return syntax_error(text, used, failure.message());
    for (std::size_t i = used; i < text.size(); ++i) {
        if (std::string_view(" \t\r\n").find(text[i]) == std::string_view::npos) {
            return syntax_error(text, i, "extra text after the value");
        }
    }
    auto value = parser.release();
    if (has_infinite_number(value)) return Error{Errc::bad_request, "not JSON: a number is too large"};
    if (may_hold_nul(text)) replace_nul(value);
    return value;
}

std::string to_text(const json::value& value) {
    if (!has_double(value)) return json::serialize(value);
    std::string out;
    write_compact(value, out);
    return out;
}

std::string to_pretty_text(const json::value& value) {
    std::string out;
    write_pretty(value, out, 0);
    return out;
}

std::string_view type_name(const json::value& value) {
    switch (value.kind()) {
    case json::kind::null: return "null";
    case json::kind::bool_: return "boolean";
    case json::kind::int64:
    case json::kind::uint64: return "integer";
    case json::kind::double_: return "number";
    case json::kind::string: return "string";
    case json::kind::array: return "array";
    case json::kind::object: return "object";
    }
    return "null";
}

std::string excerpt(const json::value& value) {
    if (value.is_object()) return "an object";
    if (value.is_array()) return "an array";
    auto text = to_text(value);
    if (text.size() > 60) text = text.substr(0, utf8_cut(text, 57)) + "...";
    return text;
}

const json::value* find_member(const json::value& object, std::string_view key) {
    const auto* members = object.if_object();
    return members == nullptr ? nullptr : members->if_contains({key.data(), key.size()});
}

std::string text_member(const json::object& object, std::string_view key, std::string_view fallback) {
    const auto* found = object.if_contains(key);
    return std::string(found != nullptr && found->is_string() ? std::string_view(found->get_string()) : fallback);
}

std::string text_member(const json::value& object, std::string_view key, std::string_view fallback) {
    return object.is_object() ? text_member(object.get_object(), key, fallback) : std::string(fallback);
}

std::string join_path(std::string_view parent, std::string_view key) {
    return parent.empty() ? std::string(key) : fmt::format("{}.{}", parent, key);
}

std::string join_path(std::string_view parent, std::size_t index) {
    return fmt::format("{}[{}]", parent, index);
}

} // namespace attune
