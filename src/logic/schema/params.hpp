#pragma once
#include "base/json.hpp"
#include "logic/schema/defaults.hpp"
#include "logic/schema/validator.hpp"

#include <string>
#include <string_view>
#include <vector>

/// Parameter schemas (`param_schema`, `out_schema`, `config_schema`, ...): the flat form
/// `{name: {type, required, default, secret, enum, minimum, ..., position}}`, or an object schema `{type: object,
/// properties: {...}}`. Null is a schema without parameters.
namespace attune::logic::schema {

/// The same as JSON Schema: `required: true` of a parameter (at any level) becomes the list `required`, `secret` and
/// `position` are dropped. An object schema stays as it is otherwise.
json::value to_json_schema(const json::value& param_schema);

/// Whether the schema itself is well formed; problems have paths below `path`.
std::vector<Problem> validate_flat_schema(const json::value& param_schema, std::string_view path = "param_schema");

/// Whether parameters fit their schema, once defaults are filled in; problems have paths below `path`
/// ("action_params.message"). Null counts as {}. Parameters that the schema does not name are allowed.
/// No message shows a secret.
std::vector<Problem> validate_params(const json::value& param_schema, const json::value& params, std::string_view path,
                                     TemplatesAllowed templates);

} // namespace attune::logic::schema
