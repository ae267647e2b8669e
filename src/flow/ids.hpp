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

    template <class IdType>
    task<Result<std::vector<IdType>>> take(std::size_t count) {
        CO_TRY(const auto numbers, co_await take(kind_name(IdType{}), count));
        std::vector<IdType> out;
        out.reserve(numbers.size());
        for (const auto number : numbers) out.push_back(IdType{number});
        co_return out;
    }
    template <class IdType>
    task<Result<IdType>> take_one() {
        CO_TRY(const auto ids, co_await take<IdType>(1));
        co_return ids.front();
    }

    /// Returns what is unused, so that the next start goes on without a gap. Call when nothing takes ids any more.
    task<void> give_back();

private:
    static std::string kind_name(EventId) { return "event"; }
    static std::string kind_name(EnforcementId) { return "enforcement"; }
    static std::string kind_name(ExecutionId) { return "execution"; }
    static std::string kind_name(PlacementId) { return "placement"; }

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
