#include "logic/expression/scope.hpp"

#include <algorithm>

namespace attune::logic::expression {

const json::value* Scope::find(Kind kind, std::string_view root, std::string_view name) const {
    const auto at = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
        return entry.kind == kind && entry.root == root && entry.name == name;
    });
    return at == entries_.end() ? nullptr : at->value;
}

bool Scope::has_members(std::string_view root) const {
    return std::any_of(entries_.begin(), entries_.end(),
                       [&](const Entry& entry) { return entry.kind == Kind::member && entry.root == root; });
}

json::object Scope::assemble(std::string_view root) const {
    json::object whole;
    for (const auto& entry : entries_) {
        if (entry.kind == Kind::member && entry.root == root) whole[entry.name] = *entry.value;
    }
    return whole;
}

std::vector<std::string_view> Scope::variable_names() const {
    std::vector<std::string_view> names;
    for (const auto& entry : entries_) {
        if (entry.kind != Kind::function) names.push_back(entry.root);
    }
    return names;
}

std::vector<std::string_view> Scope::function_names() const {
    std::vector<std::string_view> names;
    for (const auto& entry : entries_) {
        if (entry.kind == Kind::function) names.push_back(entry.root);
    }
    return names;
}

} // namespace attune::logic::expression
