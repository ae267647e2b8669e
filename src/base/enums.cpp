#include "base/enums.hpp"

namespace attune::detail {

std::optional<std::size_t> find_name(std::span<const std::string_view> names, std::string_view name) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name) return i;
    }
    return std::nullopt;
}

std::string join_names(std::span<const std::string_view> names) {
    std::string out;
    for (const auto name : names) {
        if (!out.empty()) out += '|';
        out += name;
    }
    return out;
}

} // namespace attune::detail
