// The Compiler's readers of single keywords.
#include "logic/expression/value.hpp"
#include "logic/schema/compiler.hpp"

namespace attune::logic::schema {

Result<std::optional<json::value>> Compiler::number(const Place& place, std::string_view keyword) {
    const auto* value = place.keywords->if_contains(keyword);
    if (value == nullptr) return std::optional<json::value>{};
    if (!value->is_number())
        return invalid(join_path(place.path, keyword), fmt::format("expected a number, got {}", excerpt(*value)));
    return std::optional<json::value>{*value};
}

Result<Limit> Compiler::limit(const Place& place, std::string_view keyword) {
    const auto* value = place.keywords->if_contains(keyword);
    if (value == nullptr) return Limit{};
    const auto whole = expression::as_integer(*value);
    if (!whole || *whole < 0) {
        return invalid(join_path(place.path, keyword),
                       fmt::format("expected a whole number, 0 or more, got {}", excerpt(*value)));
    }
    return Limit{static_cast<std::uint64_t>(*whole)};
}

Result<bool> Compiler::flag(const Place& place, std::string_view keyword) {
    const auto* value = place.keywords->if_contains(keyword);
    if (value == nullptr) return false;
    if (!value->is_bool())
        return invalid(join_path(place.path, keyword), fmt::format("expected true or false, got {}", excerpt(*value)));
    return value->get_bool();
}

Result<std::vector<std::string>> Compiler::texts(const json::value& value, const std::string& path) {
    const auto* list = value.if_array();
    if (list == nullptr) return invalid(path, fmt::format("expected a list of strings, got {}", excerpt(value)));
    std::vector<std::string> out;
    for (const auto& item : *list) {
        if (!item.is_string())
            return invalid(join_path(path, out.size()), fmt::format("expected a string, got {}", excerpt(item)));
        out.emplace_back(item.get_string());
    }
    return out;
}

Result<MaybeNode> Compiler::schema(const Place& place, std::string_view keyword) {
    const auto* value = place.keywords->if_contains(keyword);
    if (value == nullptr) return MaybeNode{};
    TRY(const auto id, node_for(*value, join_path(place.path, keyword)));
    return MaybeNode{id};
}

Result<std::vector<NodeId>> Compiler::schemas(const Place& place, std::string_view keyword) {
    std::vector<NodeId> out;
    const auto* value = place.keywords->if_contains(keyword);
    if (value == nullptr) return out;
    const auto path = join_path(place.path, keyword);
    const auto* list = value->if_array();
    if (list == nullptr) return invalid(path, fmt::format("expected a list of schemas, got {}", excerpt(*value)));
    for (const auto& item : *list) {
        TRY(const auto id, node_for(item, join_path(path, out.size())));
        out.push_back(id);
    }
    return out;
}

Result<const json::object*> Compiler::object(const Place& place, std::string_view keyword) {
    const auto* value = place.keywords->if_contains(keyword);
    if (value == nullptr) return nullptr;
    if (!value->is_object())
        return invalid(join_path(place.path, keyword), fmt::format("expected an object, got {}", excerpt(*value)));
    return &value->get_object();
}

Result<Pattern> Compiler::pattern(std::string_view text, const std::string& path) {
    auto regex = expression::Regex::compile(text);
    if (!regex) return invalid(path, regex.error().message);
    return Pattern{std::string(text), *std::move(regex)};
}

} // namespace attune::logic::schema
