#pragma once
#include "base/json.hpp"
#include "domain/action.hpp"

namespace attune::logic::action {

/// The parameters as the action reads them, without a newline at the end.
///
/// json    one compact object
/// yaml    a block mapping that every YAML 1.1 and 1.2 reader turns back into the same values
/// dotenv  sorted lines key='value': nested objects flattened with dots, arrays as JSON, null as nothing, empty objects
///         left out
///
/// Errors: `invalid` naming the parameter, for a name that dotenv cannot hold (empty, with '=' or a control character).
Result<std::string> format_parameters(const json::object& parameters, ParameterFormat format);

} // namespace attune::logic::action
