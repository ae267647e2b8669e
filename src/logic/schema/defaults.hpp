#pragma once
#include "base/json.hpp"

namespace attune::logic::schema {

/// Gives parameters that are missing or null the `default` of their schema, flat ({name: {default}}) or JSON Schema
/// ({properties: {name: {default}}}). A schema of another shape changes nothing.
void fill_defaults(const json::value& param_schema, json::object& params);

} // namespace attune::logic::schema
