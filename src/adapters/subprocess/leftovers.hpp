#pragma once
#include "base/result.hpp"

#include <cstdint>
#include <functional>
#include <string_view>

namespace attune::adapters::subprocess {

/// Ends what an earlier life of a worker left running: every process whose environment has this ATTUNE_INSTANCE_ID and
/// ATTUNE_WORKER and an ATTUNE_EXEC_ID for which `is_recovered` is true. Blocks until they are gone. Returns how many
/// were ended. Errors: `timeout` when some live on after 5 s, `unavailable` when /proc cannot be read.
Result<int> end_leftovers(std::string_view instance_id, std::string_view worker_name,
                          const std::function<bool(std::int64_t execution)>& is_recovered);

} // namespace attune::adapters::subprocess
