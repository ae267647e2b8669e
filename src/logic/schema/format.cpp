#include "logic/schema/format.hpp"

#include "base/text.hpp"
#include "base/timestamp.hpp"
#include "logic/expression/regex.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <string>

namespace attune::logic::schema {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_alphanumeric(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool all_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

bool is_date_time(std::string_view text) {
    // parse_timestamp takes a blank for the T, RFC 3339 strictly read does not.
    return text.size() > 10 && (text[10] == 'T' || text[10] == 't') && parse_timestamp(text).has_value();
}

bool is_date(std::string_view text) {
    return text.size() == 10 && is_date_time(std::string(text) + "T00:00:00Z");
}

bool is_time(std::string_view text) {
    return is_date_time("2000-01-01T" + std::string(text));
}

/// ISO 8601: P1DT2H, P3W; at least one number, units in their order.
bool is_duration(std::string_view text) {
    if (!text.starts_with('P') || text.size() < 3) return false;
    text.remove_prefix(1);
    std::string_view units = "YMWD";
    while (!text.empty()) {
        if (text.front() == 'T') {
            if (units == "HMS" || text.size() == 1) return false;
            units = "HMS";
            text.remove_prefix(1);
        }
        const auto number = std::min(text.find_first_not_of("0123456789"), text.size());
        if (number == 0 || number == text.size()) return false;
        const auto unit = units.find(text[number]);
        if (unit == std::string_view::npos) return false;
        // What is used cannot come again; "HMS" stays told apart from what precedes T by its own check above.
        units.remove_prefix(unit + 1);
        text.remove_prefix(number + 1);
    }
    return true;
}

bool is_hostname(std::string_view text) {
    if (text.ends_with('.')) text.remove_suffix(1);
    if (text.empty() || text.size() > 253) return false;
    const auto labels = split(text, '.');
    return std::all_of(labels.begin(), labels.end(), [](std::string_view label) {
        const auto fits = [](char c) { return is_alphanumeric(c) || c == '-'; };
        return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
               std::all_of(label.begin(), label.end(), fits);
    });
}

bool is_email(std::string_view text) {
    const auto at = text.rfind('@');
    if (at == std::string_view::npos || at == 0 || at > 64) return false;
    const auto user = text.substr(0, at);
    const auto fits = [](char c) {
        return is_alphanumeric(c) || std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos;
    };
    const bool dots = user.starts_with('.') || user.ends_with('.') || user.find("..") != std::string_view::npos;
    return !dots && std::all_of(user.begin(), user.end(), fits) && is_hostname(text.substr(at + 1));
}

bool is_address(int family, std::string_view text) {
    unsigned char address[16];
    // A NUL inside would end the text early.
    if (text.find('\0') != std::string_view::npos) return false;
    return ::inet_pton(family, std::string(text).c_str(), address) == 1;
}

bool is_ipv4(std::string_view text) {
    return is_address(AF_INET, text);
}
bool is_ipv6(std::string_view text) {
    return is_address(AF_INET6, text);
}

bool is_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        const char c = text[i];
        const bool hex = is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (dash ? c != '-' : !hex) return false;
    }
    return true;
}

bool is_regex(std::string_view text) {
    return expression::Regex::compile(text).has_value();
}

bool is_json_pointer(std::string_view text) {
    if (!text.empty() && text.front() != '/') return false;
    for (auto at = text.find('~'); at != std::string_view::npos; at = text.find('~', at + 1)) {
        if (at + 1 == text.size() || (text[at + 1] != '0' && text[at + 1] != '1')) return false;
    }
    return true;
}

bool is_relative_json_pointer(std::string_view text) {
    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = text.substr(0, digits);
    if (!all_digits(number) || (number.size() > 1 && number.front() == '0')) return false;
    const auto rest = text.substr(digits);
    return rest == "#" || is_json_pointer(rest);
}

constexpr struct {
    std::string_view name;
    FormatCheck check;
} kFormats[] = {{"date-time", is_date_time},
                {"date", is_date},
                {"time", is_time},
                {"duration", is_duration},
                {"email", is_email},
                {"hostname", is_hostname},
                {"ipv4", is_ipv4},
                {"ipv6", is_ipv6},
                {"uri", is_uri},
                {"uri-reference", is_uri_reference},
                {"uuid", is_uuid},
                {"regex", is_regex},
                {"json-pointer", is_json_pointer},
                {"relative-json-pointer", is_relative_json_pointer}};

} // namespace

FormatCheck find_format(std::string_view name) {
    for (const auto& format : kFormats) {
        if (format.name == name) return format.check;
    }
    return nullptr;
}

} // namespace attune::logic::schema
