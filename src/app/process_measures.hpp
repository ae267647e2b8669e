#pragma once
#include "base/timestamp.hpp"
#include "runtime/metrics.hpp"

namespace attune::app {

/// Has the metrics show what the system knows of this process (memory, processor, descriptors; from /proc), when it
/// started, and which version it is.
void measure_process(Metrics& metrics, Timestamp started);

} // namespace attune::app
