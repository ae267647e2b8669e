#pragma once
#include "adapters/sqlite/connection.hpp"
#include "runtime/metrics.hpp"
#include "storage/database.hpp"
#include "storage/driver/completion.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace attune::sqlite {

/// A few threads with a read-only connection each.
class Readers {
public:
    Readers(std::vector<std::unique_ptr<Connection>> connections, std::size_t queue_limit, Histogram& wait);
    ~Readers();

    /// Thread-safe. False when too much is waiting.
    bool submit(Database::Unit unit, driver::Completion completion);

private:
    struct Pending {
        Database::Unit unit;
        driver::Completion completion;
        std::chrono::steady_clock::time_point submitted{};
    };
    void work(Connection& connection);

    std::vector<std::unique_ptr<Connection>> connections_;
    const std::size_t queue_limit_;
    Histogram& wait_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Pending> waiting_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

/// Runs a unit inside a read transaction.
Result<void> run_reading(Connection& connection, Database::Unit& unit);

} // namespace attune::sqlite
