#pragma once
#include "services/role.hpp"

namespace attune::services {

/// Whether a process with another data directory (`node`) works under this name now: its row is active, and its lease
/// is renewed while we look, for as long as a lease lasts. Answers at once where the row is none, inactive, or of this
/// data directory, whose lock file says more.
task<Result<bool>> is_worker_elsewhere(Database& db, Clock& clock, std::string name, std::string node, Duration lease);

} // namespace attune::services
