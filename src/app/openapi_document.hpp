#pragma once
#include "base/result.hpp"

#include <string>

namespace attune::app {

/// The description of the API (OpenAPI, JSON text), as GET /api-spec/openapi.json gives it.
Result<std::string> openapi_document();

} // namespace attune::app
