#pragma once
// What the tests of this folder share.
#include "adapters/subprocess/proc_table.hpp"
#include "adapters/subprocess/process_runner.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <thread>

namespace attune::adapters::subprocess {

/// Runs a coroutine to its end, and what it left on the loop too.
inline void run_to_end(asio::io_context& loop, task<void> work) {
    asio::co_spawn(loop, std::move(work), [](const std::exception_ptr& failure) {
        if (failure) std::rethrow_exception(failure);
    });
    loop.restart();
    loop.run();
}

inline task<void> pause(Duration duration) {
    asio::steady_timer timer(co_await asio::this_coro::executor, duration);
    co_await timer.async_wait(asio::use_awaitable);
}

/// Looks every few milliseconds, for at most ten seconds.
inline bool eventually(const std::function<bool()>& holds) {
    for (int i = 0; i < 2000; ++i) {
        if (holds()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return false;
}

inline bool is_running(pid_t pid) {
    const auto process = read_process(pid);
    return process && process->is_alive();
}

inline std::size_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

inline std::size_t zombie_children() {
    std::size_t count = 0;
    for (const auto& process : list_processes()) {
        if (process.parent == ::getpid() && process.state == 'Z') ++count;
    }
    return count;
}

} // namespace attune::adapters::subprocess
