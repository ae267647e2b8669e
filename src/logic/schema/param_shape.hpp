#pragma once
// Private to logic/schema: the two forms of a parameter schema (params.hpp).
#include "base/json.hpp"

namespace attune::logic::schema {

/// Whether it is `{type: "object", properties: {...}}`. A flat schema may have parameters of these names too, but its
/// `type` would be an object.
bool is_object_schema(const json::value& schema);

/// The parameters by name, of both forms; null when the schema has none.
const json::object* parameters_of(const json::value& schema);

} // namespace attune::logic::schema
