#pragma once
#include "adapters/wall_clock/wall_clock.hpp"
#include "runtime/service_group.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <optional>
#include <pthread.h>
#include <thread>

namespace attune::app {

/// One loop with its thread, clock and services.
class Loop {
public:
    Loop()
        : work_(io_.get_executor()), clock_(make_wall_clock(io_.get_executor())),
          group_(std::in_place, io_.get_executor(), *clock_) {}
    ~Loop() { finish(); }

    /// `name`: of its thread, for debuggers and top; at most 15 characters.
    void start(const char* name) {
        thread_ = std::thread([this] { io_.run(); });
        ::pthread_setname_np(thread_.native_handle(), name);
    }

    /// Runs a coroutine on this loop and waits for it, from another thread.
    template <class T>
    T run(task<T> work) {
        return asio::co_spawn(io_, std::move(work), asio::use_future).get();
    }

    /// Cancels the services of `group` and waits until they have ended.
    void stop(ServiceGroup& group) {
        run([](ServiceGroup& one) -> task<void> {
            one.request_stop();
            co_await one.join();
        }(group));
    }
    void stop() { stop(*group_); }

    /// Ends the thread. Nothing may run on the loop any more.
    void finish() {
        if (!thread_.joinable()) return;
        work_.reset();
        thread_.join();
    }

    asio::any_io_executor executor() { return io_.get_executor(); }
    Clock& clock() { return *clock_; }
    ServiceGroup& group() { return *group_; }

private:
    asio::io_context io_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    std::unique_ptr<Clock> clock_;
    std::optional<ServiceGroup> group_;
    std::thread thread_;
};

} // namespace attune::app
