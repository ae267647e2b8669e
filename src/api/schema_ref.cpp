#include "api/schema_ref.hpp"

namespace attune::api {
namespace {

json::value named_schema(const Structure& structure, json::value schema, json::object& components) {
    if (!components.contains(structure.name)) components[structure.name] = schema;
    if (components.at(structure.name) != schema) return schema;
    return json::value(json::object{{"$ref", fmt::format("#/components/schemas/{}", structure.name)}});
}

} // namespace

json::value schema_ref(const Type& type, json::object& components) {
    if (type.kind == Kind::list) {
        return json::value(json::object{{"type", "array"}, {"items", schema_ref(*type.element, components)}});
    }
    if (type.kind == Kind::optional) return schema_ref(*type.element, components);
    auto schema = json::value(schema_of(type));
    return type.kind == Kind::structure ? named_schema(type.structure(), std::move(schema), components) : schema;
}

} // namespace attune::api
