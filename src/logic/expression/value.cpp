#include "logic/expression/value.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>

namespace attune::logic::expression {
namespace {

std::strong_ordering order(auto a, auto b) {
    if (a < b) return std::strong_ordering::less;
    return b < a ? std::strong_ordering::greater : std::strong_ordering::equal;
}

std::strong_ordering reverse(std::strong_ordering o) {
    return order(0, o == 0 ? 0 : (o < 0 ? -1 : 1));
}

std::strong_ordering compare_integers(const json::value& a, const json::value& b) {
    if (a.is_int64() && b.is_int64()) return order(a.get_int64(), b.get_int64());
    if (a.is_uint64() && b.is_uint64()) return order(a.get_uint64(), b.get_uint64());
    if (a.is_uint64()) return reverse(compare_integers(b, a));
    const auto left = a.get_int64();
    return left < 0 ? std::strong_ordering::less : order(static_cast<std::uint64_t>(left), b.get_uint64());
}

/// Exact: a double holds its whole part without loss, so only the fraction needs a second look.
std::strong_ordering compare_integer_to_double(const json::value& a, double b) {
    constexpr double kTwoTo64 = 18446744073709551616.0;
    constexpr double kTwoTo63 = 9223372036854775808.0;
    if (b >= kTwoTo64) return std::strong_ordering::less;
    if (b < -kTwoTo63) return std::strong_ordering::greater;
    const double whole = std::floor(b);
    const auto whole_value = whole >= kTwoTo63 ? json::value(static_cast<std::uint64_t>(whole))
                                               : json::value(static_cast<std::int64_t>(whole));
    const auto by_whole = compare_integers(a, whole_value);
    return by_whole == 0 ? order(whole, b) : by_whole;
}

bool equal_objects(const json::object& a, const json::object& b) {
    return a.size() == b.size() && std::all_of(a.begin(), a.end(), [&](const auto& member) {
               const auto* other = b.if_contains(member.key());
               return other != nullptr && equal(member.value(), *other);
           });
}

std::size_t mix(std::size_t seed, std::size_t hash) {
    return seed ^ (hash + 0x9e3779b9U + (seed << 6U) + (seed >> 2U));
}

std::size_t hash_text(std::string_view text) {
    return std::hash<std::string_view>{}(text);
}

} // namespace

bool truthy(const json::value& value) {
    switch (value.kind()) {
    case json::kind::null: return false;
    case json::kind::bool_: return value.get_bool();
    case json::kind::int64: return value.get_int64() != 0;
    case json::kind::uint64: return value.get_uint64() != 0;
    case json::kind::double_: return value.get_double() != 0.0;
    case json::kind::string: return !value.get_string().empty();
    case json::kind::array: return !value.get_array().empty();
    case json::kind::object: return !value.get_object().empty();
    }
    return false;
}

bool equal(const json::value& a, const json::value& b) {
    if (a.is_number() && b.is_number()) return compare_numbers(a, b) == 0;
    if (a.kind() != b.kind()) return false;
    if (a.is_null()) return true;
    if (a.is_bool()) return a.get_bool() == b.get_bool();
    if (a.is_string()) return a.get_string() == b.get_string();
    if (a.is_object()) return equal_objects(a.get_object(), b.get_object());
    const auto& left = a.get_array();
    const auto& right = b.get_array();
    return std::equal(left.begin(), left.end(), right.begin(), right.end(), equal);
}

std::size_t hash_of(const json::value& value) {
    if (value.is_number()) return std::hash<double>{}(value.to_number<double>());
    if (const auto* text = value.if_string()) return hash_text(*text);
    auto seed = static_cast<std::size_t>(value.kind()) + 1;
    if (const auto* flag = value.if_bool()) return mix(seed, *flag ? 1 : 0);
    if (const auto* array = value.if_array()) {
        for (const auto& item : *array) seed = mix(seed, hash_of(item));
    } else if (const auto* object = value.if_object()) {
        // A sum, because the order of members does not matter.
        for (const auto& member : *object) seed += mix(hash_text(member.key()), hash_of(member.value()));
    }
    return seed;
}

std::strong_ordering compare_numbers(const json::value& a, const json::value& b) {
    if (a.is_double() && b.is_double()) return order(a.get_double(), b.get_double());
    if (a.is_double()) return reverse(compare_integer_to_double(b, a.get_double()));
    if (b.is_double()) return compare_integer_to_double(a, b.get_double());
    return compare_integers(a, b);
}

Result<std::strong_ordering> compare(const json::value& a, const json::value& b) {
    if (a.is_number() && b.is_number()) return compare_numbers(a, b);
    if (a.is_string() && b.is_string()) return order(a.get_string().compare(b.get_string()), 0);
    return Error{Errc::invalid,
                 fmt::format("cannot order {} ({}) and {} ({})", type_of(a), excerpt(a), type_of(b), excerpt(b))};
}

std::string_view type_of(const json::value& value) {
    if (value.is_bool()) return "bool";
    return value.is_number() ? "number" : type_name(value);
}

std::string to_string(const json::value& value) {
    return value.is_string() ? std::string(value.get_string()) : to_text(value);
}

std::optional<std::int64_t> as_integer(const json::value& value) {
    if (const auto* number = value.if_int64()) return *number;
    if (const auto* number = value.if_uint64(); number != nullptr && std::in_range<std::int64_t>(*number)) {
        return static_cast<std::int64_t>(*number);
    }
    const auto* number = value.if_double();
    if (number == nullptr || std::trunc(*number) != *number || *number < -0x1p63 || *number >= 0x1p63)
        return std::nullopt;
    return static_cast<std::int64_t>(*number);
}

json::value integer_value(std::uint64_t number) {
    return std::in_range<std::int64_t>(number) ? json::value(static_cast<std::int64_t>(number)) : json::value(number);
}

std::size_t weight(const json::value& value, std::size_t limit) {
    if (const auto* text = value.if_string()) return 1 + text->size() / 16;
    std::size_t total = 1;
    if (const auto* array = value.if_array()) {
        for (const auto& item : *array) {
            if (total >= limit) break;
            total += weight(item, limit - total);
        }
    } else if (const auto* object = value.if_object()) {
        for (const auto& member : *object) {
            if (total >= limit) break;
            total += 1 + member.key().size() / 16 + weight(member.value(), limit - total);
        }
    }
    return total;
}

std::size_t find_text(std::string_view text, std::string_view part, std::size_t from) {
    if (from > text.size()) return std::string_view::npos;
    if (part.empty()) return from;
    const auto* found = ::memmem(text.data() + from, text.size() - from, part.data(), part.size());
    return found == nullptr ? std::string_view::npos
                            : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

std::size_t count_code_points(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

} // namespace attune::logic::expression
