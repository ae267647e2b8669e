#pragma once
#include "runtime/blocking_pool.hpp"

#include <memory>

namespace attune {

/// `threads` threads; at most `queue_limit` calls wait. Ends after the calls in hand when destroyed.
std::unique_ptr<BlockingPool> make_blocking_pool(std::size_t threads, std::size_t queue_limit);

} // namespace attune
