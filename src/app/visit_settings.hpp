#pragma once
#include "base/reflect.hpp"

#include <string>
#include <type_traits>

namespace attune::app {

/// Calls fn(path, value) for every setting (a leaf of the described struct), in their order.
template <Described T, class Fn>
void visit_settings(const T& settings, const Fn& fn, const std::string& parent = {}) {
    boost::mp11::mp_for_each<members_of<T>>([&](auto d) {
        const auto& member = settings.*d.pointer;
        const auto path = join_path(parent, d.name);
        if constexpr (Described<std::remove_cvref_t<decltype(member)>>) {
            visit_settings(member, fn, path);
        } else {
            fn(path, member);
        }
    });
}

} // namespace attune::app
