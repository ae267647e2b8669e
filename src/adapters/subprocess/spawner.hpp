#pragma once
#include "adapters/subprocess/unique_fd.hpp"

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace attune::adapters::subprocess {

/// The thread that does what would block a loop: makes processes, looks through the process table, reaps what was
/// adopted. Work waits in a queue that holds at most two pieces per running program. Sleeps when there is nothing to
/// do.
class Spawner {
public:
    Spawner();
    ~Spawner();
    Spawner(const Spawner&) = delete;
    Spawner& operator=(const Spawner&) = delete;

    /// Runs `work` on the thread. False after stop(): it is not run. Thread-safe.
    bool submit(std::function<void()> work);

    /// A program ended: what it orphaned is looked after within a second. Thread-safe.
    void note_exit();

    /// Ends the thread; work that waits is dropped. Not on the thread itself.
    void stop();

private:
    void run();
    void wait(const std::vector<UniqueFd>& adopted, int timeout_ms) const;
    void wake() const;
    std::vector<std::function<void()>> take();

    UniqueFd wake_up_;
    std::mutex mutex_;
    std::vector<std::function<void()>> queue_;
    bool stopping_ = false;
    std::atomic<bool> sweep_wanted_ = false;
    std::thread thread_;
};

} // namespace attune::adapters::subprocess
