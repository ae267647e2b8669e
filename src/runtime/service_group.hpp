#pragma once
#include "base/text.hpp"
#include "runtime/clock.hpp"
#include "runtime/task.hpp"

#include <functional>
#include <list>
#include <memory>
#include <string>

namespace attune {

/// Owns the running coroutines of one loop. Everything a service refers to outlives the group: request_stop(), then
/// join(), then destroy. The destructor asserts that nothing runs any more.
class ServiceGroup {
public:
    ServiceGroup(asio::any_io_executor loop, Clock& clock);
    ~ServiceGroup();

    /// Runs `service` until it returns or is stopped. An exception out of it is a defect: it is logged, and the service
    /// is made and started again after a second.
    void spawn(std::string name, std::function<task<void>()> service);

    /// Runs one coroutine to its end; an exception out of it is logged.
    void spawn_once(std::string name, task<void> work);

    /// Cancels all, at their next wait. Call on the loop.
    void request_stop();
    bool is_stopping() const { return stopping_; }

    /// Until all have ended. Call on the loop.
    task<void> join();

    std::size_t size() const { return running_.size(); }

private:
    struct Member;
    task<void> supervise(std::string name, std::function<task<void>()> service);
    void start(std::string name, task<void> work);

    asio::any_io_executor loop_;
    Clock& clock_;
    std::list<std::shared_ptr<Member>> running_;
    Signal ended_;
    bool stopping_ = false;
};

} // namespace attune
