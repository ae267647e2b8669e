#pragma once
#include "adapters/sqlite/connection.hpp"
#include "storage/database.hpp"
#include "storage/driver/completion.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace attune::sqlite {

/// A few threads with a read-only connection each.
class Readers {
public:
    Readers(std::vector<std::unique_ptr<Connection>> connections, std::size_t queue_limit);
    ~Readers();

    /// Thread-safe. False when too much is waiting.
    bool submit(Database::Unit unit, driver::Completion completion);

private:
    struct Pending {
        Database::Unit unit;
        driver::Completion completion;
    };
    void work(Connection& connection);

    std::vector<std::unique_ptr<Connection>> connections_;
    const std::size_t queue_limit_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Pending> waiting_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

/// Runs a unit inside a read transaction.
Result<void> run_reading(Connection& connection, Database::Unit& unit);

} // namespace attune::sqlite
