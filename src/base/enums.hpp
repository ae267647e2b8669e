#pragma once
#include <array>
#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

/// Gives an enumeration the words of its enumerators, which are all of it, in their order and counted from 0. Beside
/// the enumeration, in its namespace: ATTUNE_ENUM(Colour, red, green)
#define ATTUNE_ENUM(E, ...)                                                                                            \
    consteval auto attune_enum_names(E) {                                                                              \
        using enum E;                                                                                                  \
        constexpr E values[] = {__VA_ARGS__};                                                                          \
        return ::attune::detail::name_enumerators(values, #__VA_ARGS__);                                               \
    }
/// The same inside of a class.
#define ATTUNE_NESTED_ENUM(E, ...) friend ATTUNE_ENUM(E, __VA_ARGS__)

namespace attune {

namespace detail {

/// "a, b_" as {"a", "b"}. Does not compile when the values are not 0, 1, 2…
template <class E, std::size_t N>
consteval std::array<std::string_view, N> name_enumerators(const E (&values)[N], std::string_view list) {
    std::array<std::string_view, N> names;
    for (std::size_t i = 0; i < N; ++i) {
        if (static_cast<std::size_t>(values[i]) != i) throw "list all enumerators in their order, counted from 0";
        list.remove_prefix(list.find_first_not_of(" \n"));
        names[i] = list.substr(0, list.find(','));
        list.remove_prefix(i + 1 == N ? names[i].size() : names[i].size() + 1);
        while (names[i].ends_with(' ') || names[i].ends_with('\n')) names[i].remove_suffix(1);
        if (names[i].ends_with('_')) names[i].remove_suffix(1);
    }
    return names;
}

std::optional<std::size_t> find_name(std::span<const std::string_view> names, std::string_view name);
std::string join_names(std::span<const std::string_view> names);

} // namespace detail

template <class E>
concept DescribedEnum = std::is_enum_v<E> && requires { attune_enum_names(E{}); };

/// The words of an enumeration, in the order of its values.
template <DescribedEnum E>
inline constexpr auto enum_table = attune_enum_names(E{});

template <DescribedEnum E>
inline constexpr std::size_t enum_count = enum_table<E>.size();

/// The enumerator's own name, which is the word on the wire, in SQL and in the UI. A trailing '_' (for C++ keywords) is
/// not part of it.
template <DescribedEnum E>
constexpr std::string_view enum_name(E value) {
    const auto index = static_cast<std::size_t>(value);
    return index < enum_count<E> ? enum_table<E>[index] : std::string_view{};
}

template <DescribedEnum E>
constexpr std::span<const std::string_view> enum_names() {
    return enum_table<E>;
}

template <DescribedEnum E>
constexpr std::array<E, enum_count<E>> enum_values() {
    std::array<E, enum_count<E>> values{};
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<E>(i);
    return values;
}

template <DescribedEnum E>
std::optional<E> parse_enum(std::string_view text) {
    const auto index = detail::find_name(enum_table<E>, text);
    return index ? std::optional<E>(static_cast<E>(*index)) : std::nullopt;
}

/// "a|b|c", for error messages.
template <DescribedEnum E>
std::string enum_choices() {
    return detail::join_names(enum_table<E>);
}

} // namespace attune
