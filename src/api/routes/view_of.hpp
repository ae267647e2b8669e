#pragma once
#include "base/reflect.hpp"

/// Making what clients see from rows: by the names of members.
namespace attune::api {

namespace detail {

template <class To, class From>
void show(To& to, const From& from) {
    to = from;
}
template <class T>
void show(Omittable<T>& to, const std::optional<T>& from) {
    if (from) to.emplace(*from);
}
/// What is empty is left out.
template <class T>
void show(Omittable<T>& to, const T& from) {
    if (!from.empty()) to.emplace(from);
}

} // namespace detail

/// The members of the row that have the names of the view's.
template <class View, class T>
View view_of(const T& row) {
    View view;
    boost::mp11::mp_for_each<members_of<View>>([&](auto to) {
        boost::mp11::mp_for_each<members_of<T>>([&](auto from) {
            using ToMember = std::remove_cvref_t<decltype(view.*to.pointer)>;
            using FromMember = std::remove_cvref_t<decltype(row.*from.pointer)>;
            constexpr bool same_name = std::string_view(to.name) == std::string_view(from.name);
            if constexpr (same_name && requires(ToMember& t, const FromMember& f) { detail::show(t, f); }) {
                detail::show(view.*to.pointer, row.*from.pointer);
            }
        });
    });
    return view;
}

} // namespace attune::api
