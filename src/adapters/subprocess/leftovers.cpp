#include "adapters/subprocess/leftovers.hpp"

#include "adapters/subprocess/proc_table.hpp"
#include "adapters/subprocess/unique_fd.hpp"

#include <charconv>
#include <chrono>
#include <csignal>
#include <optional>
#include <poll.h>
#include <sys/syscall.h>

namespace attune::adapters::subprocess {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{5};

struct Mark {
    std::string_view instance_id;
    std::string_view worker_name;
};

/// The execution that a process belongs to, when it is this worker's.
std::optional<std::int64_t> execution_of(pid_t pid, const Mark& mark) {
    const auto block = read_environment(pid);
    if (!block || find_variable(*block, "ATTUNE_INSTANCE_ID") != mark.instance_id ||
        find_variable(*block, "ATTUNE_WORKER") != mark.worker_name) {
        return std::nullopt;
    }
    const auto text = find_variable(*block, "ATTUNE_EXEC_ID").value_or("");
    std::int64_t execution = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), execution);
    if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return execution;
}

/// Kills the process if, once it is held by a descriptor, it is still the one meant.
UniqueFd kill_checked(pid_t pid, std::int64_t execution, const Mark& mark) {
    UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!pidfd || execution_of(pid, mark) != execution) return {};
    if (::syscall(SYS_pidfd_send_signal, pidfd.get(), SIGKILL, nullptr, 0) != 0) return {};
    return pidfd;
}

bool wait_gone(const UniqueFd& pidfd, SteadyClock::time_point until) {
    pollfd polled{pidfd.get(), POLLIN, 0};
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - SteadyClock::now()).count();
        const int ready = ::poll(&polled, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
        if (ready > 0) return true;
        if (ready == 0 || errno != EINTR) return false;
    }
}

} // namespace

Result<int> end_leftovers(std::string_view instance_id, std::string_view worker_name,
                          const std::function<bool(std::int64_t execution)>& is_recovered) {
    const Mark mark{instance_id, worker_name};
    const auto until = SteadyClock::now() + kPatience;
    int ended = 0;
    for (;;) {
        const auto processes = list_processes();
        if (processes.empty()) return Error{Errc::unavailable, "/proc cannot be read"};
        // One process at a time, so that many leftovers need few descriptors.
        int found = 0;
        for (const auto& process : processes) {
            if (process.pid == ::getpid() || !process.is_alive()) continue;
            const auto execution = execution_of(process.pid, mark);
            if (!execution || !is_recovered(*execution)) continue;
            const auto pidfd = kill_checked(process.pid, *execution, mark);
            if (!pidfd) continue;
            if (!wait_gone(pidfd, until)) {
                return Error{Errc::timeout,
                             fmt::format("process {} of execution {} does not end", process.pid, *execution)};
            }
            ++found;
        }
        ended += found;
        // One may have started another while they were listed.
        if (found == 0 || SteadyClock::now() >= until) return ended;
    }
}

} // namespace attune::adapters::subprocess
