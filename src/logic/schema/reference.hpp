#pragma once
// Private to logic/schema.
#include "base/json.hpp"

#include <string_view>

namespace attune::logic::schema {

/// What a `$ref` points to within `document`: "#", "#/a/b", "#anchor", each also after the document's own `$id`.
/// Errors: `invalid`, without a field.
Result<const json::value*> resolve_reference(const json::value& document, std::string_view reference);

} // namespace attune::logic::schema
