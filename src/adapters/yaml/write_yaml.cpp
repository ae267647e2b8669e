#include "adapters/yaml/write_yaml.hpp"

#include "adapters/yaml/core_schema.hpp"

#include <string_view>
#include <utility>

namespace attune::adapters::yaml {
namespace {

/// Whether the text means itself when it stands unquoted. Cautious: what could be read otherwise is quoted.
bool is_plain(std::string_view text) {
    constexpr std::string_view kSafe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+@-";
    if (text.empty() || text.find_first_not_of(kSafe) != std::string_view::npos) return false;
    if (text.front() == '-' || text.front() == '.' || text.front() == '@') return false;
    const auto meaning = resolve_plain(text);
    return meaning && meaning->is_string();
}

/// A JSON string is a double-quoted YAML scalar.
std::string scalar(const json::value& value) {
    if (value.is_string() && is_plain(value.get_string())) return std::string(value.get_string());
    return to_text(value);
}

bool is_block(const json::value& value) {
    return (value.is_object() && !value.get_object().empty()) || (value.is_array() && !value.get_array().empty());
}

void write(std::string& out, const json::value& value, std::size_t indent);

void write_object(std::string& out, const json::object& object, std::size_t indent, bool first_indented) {
    for (const auto& [key, member] : object) {
        if (!std::exchange(first_indented, false)) out.append(indent, ' ');
        out += scalar(json::value(key)) + ":";
        if (!is_block(member)) {
            out += " " + scalar(member) + "\n";
            continue;
        }
        out += '\n';
        write(out, member, indent + 2);
    }
}

void write(std::string& out, const json::value& value, std::size_t indent) {
    if (!is_block(value)) {
        out.append(indent, ' ');
        out += scalar(value) + "\n";
        return;
    }
    if (value.is_object()) return write_object(out, value.get_object(), indent, false);
    for (const auto& item : value.get_array()) {
        out.append(indent, ' ');
        if (is_block(item) && item.is_object()) {
            out += "- ";
            write_object(out, item.get_object(), indent + 2, true);
        } else if (is_block(item)) {
            out += "-\n";
            write(out, item, indent + 2);
        } else {
            out += "- " + scalar(item) + "\n";
        }
    }
}

} // namespace

std::string to_yaml(const json::value& value) {
    std::string out;
    write(out, value, 0);
    return out;
}

} // namespace attune::adapters::yaml
