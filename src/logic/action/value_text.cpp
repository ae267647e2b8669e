#include "logic/action/value_text.hpp"

#include <algorithm>

namespace attune::logic::action {
namespace {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

constexpr bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
}

} // namespace

std::string number_text(double number) {
    auto text = fmt::format("{}", number);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
}

std::string value_text(const json::value& value) {
    if (const auto* text = value.if_string()) return std::string(*text);
    if (const auto* number = value.if_double()) return number_text(*number);
    return to_text(value);
}

std::string shell_quote(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'') {
            out += "'\\''";
        } else {
            out += c;
        }
    }
    out += '\'';
    return out;
}

bool is_identifier(std::string_view text) {
    return !text.empty() && !is_digit(text.front()) && std::ranges::all_of(text, is_word);
}

std::string to_identifier_part(std::string_view text) {
    std::string out(text);
    std::ranges::replace_if(out, [](char c) { return !is_word(c); }, '_');
    return out;
}

std::string to_identifier(std::string_view text) {
    const bool needs_lead = text.empty() || is_digit(text.front());
    return (needs_lead ? "_" : "") + to_identifier_part(text);
}

} // namespace attune::logic::action
