#include "logic/schema/param_shape.hpp"

namespace attune::logic::schema {

bool is_object_schema(const json::value& schema) {
    const auto* type = find_member(schema, "type");
    const auto* properties = find_member(schema, "properties");
    const bool object = type != nullptr && type->is_string() && type->get_string() == "object";
    return object && properties != nullptr && properties->is_object();
}

const json::object* parameters_of(const json::value& schema) {
    return is_object_schema(schema) ? schema.at("properties").if_object() : schema.if_object();
}

} // namespace attune::logic::schema
