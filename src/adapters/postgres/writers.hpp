#pragma once
#include "adapters/postgres/database.hpp"
#include "adapters/postgres/link.hpp"
#include "storage/driver/completion.hpp"
#include "storage/driver/write_measures.hpp"

#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace attune::postgres {

/// The threads that write, with a connection each. Each takes the writes that wait, in the order of their lanes, runs
/// them in one transaction, commits once and completes them with one post to each loop; while one commits, the other
/// gathers. Writes that a deadlock ended are run again, alone.
class Writers {
public:
    Writers(const Connection::Options& connection, const Options& options);
    /// Commits what was queued, then ends.
    ~Writers();

    /// Thread-safe. False when too much is waiting.
    bool submit(Database::WriteOptions options, Database::Unit unit, driver::Completion completion);

    std::optional<std::string> trouble() const;

private:
    struct Pending {
        Database::Unit unit;
        Database::WriteOptions options;
        driver::Completion completion;
        driver::WriteMeasures::Instant submitted{};
    };
    using Taken = std::deque<Pending>;

    void work(Link& link);
    void run_group(Link& link);
    Taken run_units(driver::WriteGroup& group);
    bool take_next(bool& has_bulk, bool is_over, Pending& out);
    Taken take_all();
    void repeat_conflicts(Link& link, driver::WriteGroup& group);
    void finish(Taken taken, driver::WriteGroup& group);
    void note_outcome(driver::WriteGroup& group);
    void note_trouble(const Error& error); ///< with the mutex held

    const std::shared_ptr<Traffic> traffic_;
    const Duration group_time_;
    const std::size_t queue_limit_;
    driver::WriteMeasures measures_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::array<std::deque<Pending>, 3> lanes_;
    std::size_t waiting_ = 0;
    bool bulk_runs_ = false; ///< of bulk work, one unit at a time: one writer is always free of it
    bool stopping_ = false;
    std::string trouble_;
    std::deque<Link> links_;
    std::vector<std::thread> threads_;
};

} // namespace attune::postgres
