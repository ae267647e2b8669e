#pragma once
#include "adapters/postgres/database.hpp"
#include "adapters/postgres/link.hpp"
#include "storage/database.hpp"
#include "storage/driver/completion.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace attune::postgres {

/// The threads that read, with a connection each. A read that a lost connection ended is run once more.
class Readers {
public:
    Readers(const Connection::Options& connection, const Options& options);
    ~Readers();

    /// Thread-safe. False when too much is waiting.
    bool submit(Database::Unit unit, driver::Completion completion);

private:
    struct Pending {
        Database::Unit unit;
        driver::Completion completion;
        std::chrono::steady_clock::time_point submitted{};
    };
    void work(Link& link);

    const std::size_t queue_limit_;
    Histogram& wait_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Pending> waiting_;
    bool stopping_ = false;
    std::deque<Link> links_;
    std::vector<std::thread> threads_;
};

} // namespace attune::postgres
