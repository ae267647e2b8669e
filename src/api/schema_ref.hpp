#pragma once
#include "base/reflect.hpp"

namespace attune::api {

/// A schema for the OpenAPI document that refers to `components` (filled as needed) wherever a struct has a name of its
/// own there. Two structs of one name: the second one's schema is written where it is used.
json::value schema_ref(const Type& type, json::object& components);

} // namespace attune::api
