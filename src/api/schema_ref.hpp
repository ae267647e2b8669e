#pragma once
#include "base/reflect.hpp"

/// Named schemas for the OpenAPI document: a described struct is a component with the struct's own name.
namespace attune::api {

namespace detail {
template <class T>
constexpr std::string_view pretty_name() {
    std::string_view text = __PRETTY_FUNCTION__;
    text.remove_prefix(text.find("T = ") + 4);
    return text.substr(0, text.size() - 1);
}
} // namespace detail

/// "RuleView" for attune::api::RuleView; empty for templates.
template <class T>
std::string type_name_of() {
    const auto full = detail::pretty_name<T>();
    if (full.find('<') != std::string_view::npos) return {};
    const auto colon = full.rfind(':');
    return std::string(colon == std::string_view::npos ? full : full.substr(colon + 1));
}

/// A schema of T that refers to `components` (filled as needed) wherever a struct has a name.
template <class T>
struct SchemaRef {
    static json::value make(json::object& components) {
        if constexpr (Described<T>) {
            const auto name = type_name_of<T>();
            auto schema = json::value(schema_of<T>());
            if (!name.empty() && !components.contains(name)) components[name] = schema;
            // Two structs of one name in different files: the second stays unnamed.
            if (!name.empty() && components.at(name) == schema) {
                return json::value(json::object{{"$ref", "#/components/schemas/" + name}});
            }
            return schema;
        } else {
            return json::value(schema_of<T>());
        }
    }
};
template <class T>
struct SchemaRef<std::vector<T>> {
    static json::value make(json::object& components) {
        return json::value(json::object{{"type", "array"}, {"items", SchemaRef<T>::make(components)}});
    }
};
template <class T>
struct SchemaRef<std::optional<T>> : SchemaRef<T> {};

using SchemaMaker = json::value (*)(json::object& components);

} // namespace attune::api
