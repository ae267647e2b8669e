#include "adapters/yaml/core_schema.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>

namespace attune::adapters::yaml {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::string_view without_sign(std::string_view text) {
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
    return text;
}

bool all_digits(std::string_view text) {
    if (text.empty()) return false;
    for (const char c : text) {
        if (!is_digit(c)) return false;
    }
    return true;
}

std::size_t count_digits(std::string_view text) {
    std::size_t n = 0;
    while (n < text.size() && is_digit(text[n])) ++n;
    return n;
}

/// ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool is_decimal(std::string_view text) {
    const auto whole = count_digits(text);
    text.remove_prefix(whole);
    if (!text.empty() && text.front() == '.') {
        text.remove_prefix(1);
        const auto fraction = count_digits(text);
        if (whole + fraction == 0) return false;
        text.remove_prefix(fraction);
    } else if (whole == 0) {
        return false;
    }
    if (text.empty()) return true;
    if (text.front() != 'e' && text.front() != 'E') return false;
    return all_digits(without_sign(text.substr(1)));
}

template <class T>
std::optional<T> read_integer(std::string_view digits, int base) {
    T out{};
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), out, base);
    if (failure != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return out;
}

Result<json::value> read_double(std::string_view text) {
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    double out = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (failure != std::errc{} || end != text.data() + text.size()) return invalid("", "the number is out of range");
    return json::value(out);
}

Result<json::value> read_based(std::string_view digits, int base) {
    if (const auto small = read_integer<std::int64_t>(digits, base)) return json::value(*small);
    if (const auto big = read_integer<std::uint64_t>(digits, base)) return json::value(*big);
    return invalid("", "the number is out of range");
}

bool one_of(std::string_view text, std::string_view a, std::string_view b, std::string_view c) {
    return text == a || text == b || text == c;
}

/// Whether all of it is digits of that base (8 or 16).
bool is_based(std::string_view digits, bool hex) {
    if (digits.empty()) return false;
    return digits.find_first_not_of(hex ? "0123456789abcdefABCDEF" : "01234567") == std::string_view::npos;
}

} // namespace

Result<json::value> resolve_plain(std::string_view text) {
    if (text.empty() || text == "~" || one_of(text, "null", "Null", "NULL")) return json::value(nullptr);
    if (one_of(text, "true", "True", "TRUE")) return json::value(true);
    if (one_of(text, "false", "False", "FALSE")) return json::value(false);
    const auto unsigned_text = without_sign(text);
    if (all_digits(unsigned_text)) {
        const auto digits = text.front() == '+' ? unsigned_text : text;
        if (const auto small = read_integer<std::int64_t>(digits, 10)) return json::value(*small);
        if (const auto big = read_integer<std::uint64_t>(digits, 10)) return json::value(*big);
        return read_double(text);
    }
    if (text.starts_with("0o") && is_based(text.substr(2), false)) return read_based(text.substr(2), 8);
    if (text.starts_with("0x") && is_based(text.substr(2), true)) return read_based(text.substr(2), 16);
    if (is_decimal(unsigned_text)) return read_double(text);
    if (one_of(unsigned_text, ".inf", ".Inf", ".INF") || one_of(text, ".nan", ".NaN", ".NAN")) {
        return invalid("", "infinite numbers and .nan cannot be used; quote the text if a text is meant");
    }
    return json::value(json::string(text));
}

} // namespace attune::adapters::yaml
