#pragma once
#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/database.hpp"
#include "storage/driver/completion.hpp"
#include "storage/driver/write_measures.hpp"

#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace attune::sqlite {

/// The one thread that writes. Takes the writes that wait, in the order of their lanes, runs them in one transaction,
/// commits once and completes them with one post to each loop.
class Writer {
public:
    Writer(std::unique_ptr<Connection> connection, const Options& options);
    /// Commits what was queued, then ends.
    ~Writer();

    /// Thread-safe. False when too much is waiting.
    bool submit(Database::WriteOptions options, Database::Unit unit, driver::Completion completion);

    std::optional<std::string> trouble() const;
    /// Pages in the log after the last commit, for the checkpointer.
    int wal_pages() const { return wal_pages_; }

private:
    struct Pending {
        Database::Unit unit;
        Database::WriteOptions options;
        driver::Completion completion;
        driver::WriteMeasures::Instant submitted{};
    };

    void work();
    void run_group(std::unique_lock<std::mutex>& lock);
    bool take_next(bool& has_bulk, bool is_over, Pending& out);
    void complete(std::deque<Pending>& taken, driver::WriteGroup& group);
    void note_outcome(driver::WriteGroup& group);

    std::unique_ptr<Connection> connection_;
    const Duration group_time_;
    const std::size_t queue_limit_;
    driver::WriteMeasures measures_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::array<std::deque<Pending>, 3> lanes_;
    std::size_t waiting_ = 0;
    bool stopping_ = false;
    std::string trouble_;
    std::atomic<int> wal_pages_ = 0;
    std::thread thread_;
};

} // namespace attune::sqlite
