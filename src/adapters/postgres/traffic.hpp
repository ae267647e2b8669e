#pragma once
#include <atomic>
#include <cstdint>

namespace attune::postgres {

/// What a database was asked since it was opened.
struct TrafficCounts {
    std::int64_t round_trips = 0; ///< messages sent that were waited for, each with what was pipelined into it
    std::int64_t statements = 0;  ///< without begin, commit, savepoints and preparations
    std::int64_t commits = 0;     ///< transactions that changed something
    std::int64_t writes = 0;      ///< units that those committed: how many share one
};

/// Counted by all connections of one database. Thread-safe.
class Traffic {
public:
    void round_trip() { round_trips_.fetch_add(1, std::memory_order_relaxed); }
    void statement() { statements_.fetch_add(1, std::memory_order_relaxed); }
    void commit(std::int64_t writes) {
        commits_.fetch_add(1, std::memory_order_relaxed);
        writes_.fetch_add(writes, std::memory_order_relaxed);
    }
    TrafficCounts counts() const { return {round_trips_.load(), statements_.load(), commits_.load(), writes_.load()}; }

private:
    std::atomic<std::int64_t> round_trips_ = 0;
    std::atomic<std::int64_t> statements_ = 0;
    std::atomic<std::int64_t> commits_ = 0;
    std::atomic<std::int64_t> writes_ = 0;
};

} // namespace attune::postgres
