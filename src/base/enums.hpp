#pragma once
#include <boost/describe/enum.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace attune {

template <class E>
concept DescribedEnum = std::is_enum_v<E> && boost::describe::has_describe_enumerators<E>::value;

/// The enumerator's own name, which is the word on the wire, in SQL and in the UI. A trailing '_' (for C++ keywords) is
/// not part of it.
template <DescribedEnum E>
constexpr std::string_view enum_name(E value) {
    std::string_view name;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
        if (d.value == value) name = d.name;
    });
    if (name.ends_with('_')) name.remove_suffix(1);
    return name;
}

template <DescribedEnum E>
std::vector<std::string_view> enum_names() {
    std::vector<std::string_view> names;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>(
        [&](auto d) { names.push_back(enum_name(d.value)); });
    return names;
}

template <DescribedEnum E>
std::optional<E> parse_enum(std::string_view text) {
    std::optional<E> found;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
        if (enum_name(d.value) == text) found = d.value;
    });
    return found;
}

/// "a|b|c", for error messages.
template <DescribedEnum E>
std::string enum_choices() {
    std::string out;
    for (const auto name : enum_names<E>()) {
        if (!out.empty()) out += '|';
        out += name;
    }
    return out;
}

} // namespace attune
