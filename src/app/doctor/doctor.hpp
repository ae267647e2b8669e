#pragma once
#include "app/doctor/finding.hpp"
#include "app/environment.hpp"
#include "base/timestamp.hpp"

namespace attune::app {

/// Looks at everything that a server with these settings needs, whether one runs or not, and says what to mend. Changes
/// nothing; waits a few seconds at most for each part. `config_file`: as for load_settings().
Findings examine(const std::string& config_file, const Environment& environment, Timestamp now);

} // namespace attune::app
