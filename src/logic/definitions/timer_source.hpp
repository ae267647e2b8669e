#pragma once
#include "logic/definitions/source.hpp"

namespace attune::logic::definitions {

/// Timers: of rules on the core timer triggers, and of triggers whose param_schema is a timer's configuration.
const Source& timer_source();

} // namespace attune::logic::definitions
