#pragma once
#include "runtime/bus.hpp"

#include <memory>

namespace attune {

/// The bus inside one process. Each subscription holds at most `queue_limit` ids; beyond, the oldest are dropped and
/// `missed` is set. Thread-safe; outlives its subscriptions or not, as you like.
/// `reaches_all`: false when other processes share the database, which this bus does not reach, so that everybody looks
/// for work as often as while a bus is down.
std::unique_ptr<Bus> make_memory_bus(std::size_t queue_limit = 4096, bool reaches_all = true);

} // namespace attune
