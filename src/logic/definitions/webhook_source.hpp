#pragma once
#include "logic/definitions/source.hpp"

namespace attune::logic::definitions {

/// Webhooks: of triggers on which one is enabled. Rules ask nothing of it: their trigger_params are checked by the
/// trigger's param_schema.
const Source& webhook_source();

} // namespace attune::logic::definitions
