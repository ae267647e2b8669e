#pragma once
#include "base/json.hpp"

namespace attune::logic::schema {

/// Gives each parameter that is missing or null the `default` of its schema, if it has one. Both forms of parameter
/// schemas are understood (params.hpp); a schema of another shape changes nothing.
void fill_defaults(const json::value& param_schema, json::object& params);

} // namespace attune::logic::schema
