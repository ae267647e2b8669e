#pragma once
#include "storage/database.hpp"

#include <map>
#include <mutex>

namespace attune::flow {

/// Hands out ids of events, enforcements, executions and placements. They are taken from the database in blocks before
/// a write, so that a batch knows its ids and a rerun uses the same; a block is given back at shutdown as far as it is
/// unused. Ids ascend but do not follow the order of commits. Thread-safe.
class IdAllocator {
public:
    explicit IdAllocator(Database& db) : db_(db) {}

    /// `count` ids of a kind, ascending, not always without gaps.
    task<Result<std::vector<std::int64_t>>> take(std::string kind, std::size_t count);

    /// Compiled in ids.cpp, for the kinds that are asked for.
    template <class IdType>
    task<Result<std::vector<IdType>>> take(std::size_t count);
    template <class IdType>
    task<Result<IdType>> take_one();

    /// Returns what is unused, so that the next start goes on without a gap. Call when nothing takes ids any more.
    task<void> give_back();

private:
    struct Block {
        std::int64_t next = 1;
        std::int64_t end = 1;   ///< one past the last
        std::int64_t size = 16; ///< of the next block; doubles with demand
    };
    Database& db_;
    std::mutex mutex_;
    std::map<std::string, Block> blocks_;
};

} // namespace attune::flow
