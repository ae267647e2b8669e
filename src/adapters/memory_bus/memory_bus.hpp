#pragma once
#include "runtime/bus.hpp"

#include <memory>

namespace attune {

/// The bus inside one process. Each subscription holds at most `queue_limit` ids; beyond, the oldest are dropped and
/// `missed` is set. Thread-safe; outlives its subscriptions or not, as you like.
std::unique_ptr<Bus> make_memory_bus(std::size_t queue_limit = 4096);

} // namespace attune
