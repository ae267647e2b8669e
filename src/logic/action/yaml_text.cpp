#include "logic/action/yaml_text.hpp"

#include "base/text.hpp"
#include "logic/action/value_text.hpp"

#include <algorithm>
#include <array>

namespace attune::logic::action {
namespace {

/// Readers look for the ':' of an implicit key within 1024 characters.
constexpr std::size_t kLongestImplicitKey = 1000;

/// Words that some version of YAML reads as a boolean, null or number.
bool is_reserved(std::string_view text) {
    static constexpr std::array<std::string_view, 11> kWords{"y",  "n",   "yes",  "no",  "true", "false",
                                                             "on", "off", "null", "nan", "inf"};
    return std::ranges::find(kWords, to_lower(text)) != kWords.end();
}

/// Only letters, digits and a few signs that mean nothing to YAML, beginning with a letter: a plain scalar everywhere.
bool is_plain(std::string_view text) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto is_safe = [&](char c) {
        return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == '/';
    };
    return !text.empty() && is_letter(text.front()) && std::ranges::all_of(text, is_safe) && !is_reserved(text);
}

/// Appends the character at the front of `text` (valid UTF-8) with the escape that YAML's printable set asks for, and
/// returns how many bytes it had.
std::size_t append_escaped(std::string_view text, std::string& out) {
    const auto byte = static_cast<unsigned char>(text.front());
    if (byte == '"' || byte == '\\') {
        out += '\\';
        out += text.front();
        return 1;
    }
    if (byte < 0x20 || byte == 0x7F) {
        out += fmt::format("\\x{:02X}", byte);
        return 1;
    }
    if (byte == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0) {
        out += fmt::format("\\x{:02X}", static_cast<unsigned char>(text[1]));
        return 2;
    }
    // Line and paragraph separators, the byte order mark and the two non-characters.
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kSpecial{
        {{"\xE2\x80\xA8", "\\u2028"},
         {"\xE2\x80\xA9", "\\u2029"},
         {"\xEF\xBB\xBF", "\\uFEFF"},
         {"\xEF\xBF\xBE", "\\uFFFE"},
         {"\xEF\xBF\xBF", "\\uFFFF"}}};
    for (const auto& [bytes, escape] : kSpecial) {
        if (text.starts_with(bytes)) return out += escape, bytes.size();
    }
    return out += text.front(), 1;
}

std::string scalar(std::string_view text) {
    if (is_plain(text)) return std::string(text);
    const auto valid = to_valid_utf8(text, false);
    std::string out = "\"";
    for (std::string_view rest = valid; !rest.empty();) rest.remove_prefix(append_escaped(rest, out));
    out += '"';
    return out;
}

std::string scalar(const json::value& value) {
    if (const auto* text = value.if_string()) return scalar(std::string_view(*text));
    if (const auto* number = value.if_double()) return number_text(*number);
    return to_text(value); // null, booleans, integers, [] and {}
}

bool is_block(const json::value& value) {
    return (value.is_object() && !value.get_object().empty()) || (value.is_array() && !value.get_array().empty());
}

void append_block(const json::value& value, std::size_t indent, std::string& out);

/// What follows "key:" or "-": the scalar on the same line, or the block on the next ones.
void append_value(const json::value& value, std::size_t indent, std::string& out) {
    if (is_block(value)) {
        out += '\n';
        append_block(value, indent + 2, out);
    } else {
        out += ' ' + scalar(value) + '\n';
    }
}

void append_block(const json::value& value, std::size_t indent, std::string& out) {
    const std::string margin(indent, ' ');
    if (const auto* array = value.if_array()) {
        for (const auto& item : *array) {
            out += margin + '-';
            append_value(item, indent, out);
        }
        return;
    }
    for (const auto& [name, member] : value.get_object()) {
        const auto key = scalar(std::string_view(name));
        out += margin + (key.size() > kLongestImplicitKey ? "? " + key + '\n' + margin + ':' : key + ':');
        append_value(member, indent, out);
    }
}

} // namespace

std::string to_yaml(const json::object& object) {
    if (object.empty()) return "{}";
    std::string out;
    append_block(object, 0, out);
    out.pop_back();
    return out;
}

} // namespace attune::logic::action
