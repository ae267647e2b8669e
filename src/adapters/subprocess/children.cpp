#include "adapters/subprocess/children.hpp"

#include "adapters/subprocess/proc_table.hpp"

#include <atomic>
#include <mutex>
#include <set>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace attune::adapters::subprocess::children {
namespace {

struct Registry {
    /// Held while a child is made and while adopted ones are looked for: a child that is not yet a leader is not taken
    /// for an adopted one. No loop waits for it.
    std::mutex making;
    std::mutex mutex;
    std::set<pid_t> leaders;
    std::atomic<bool> adopts = false;
};

Registry& registry() {
    static Registry instance;
    return instance;
}

bool is_leader(pid_t pid) {
    const std::lock_guard lock(registry().mutex);
    return registry().leaders.contains(pid);
}

} // namespace

Launched add_leader(const std::function<std::pair<pid_t, Launched>()>& make) {
    const std::lock_guard making(registry().making);
    auto [pid, launched] = make();
    if (pid > 0) {
        const std::lock_guard lock(registry().mutex);
        registry().leaders.insert(pid);
    }
    return std::move(launched);
}

void reap_leader(int pidfd, pid_t pid) {
    {
        // Before reaping: afterwards the number may belong to the next child.
        const std::lock_guard lock(registry().mutex);
        registry().leaders.erase(pid);
    }
    siginfo_t ignored{};
    ::waitid(P_PIDFD, static_cast<id_t>(pidfd), &ignored, WEXITED | WNOHANG);
}

void adopt() {
    registry().adopts = true;
}

void reap_adopted(pid_t pid) {
    const std::lock_guard making(registry().making);
    siginfo_t ignored{};
    if (!is_leader(pid)) ::waitid(P_PID, static_cast<id_t>(pid), &ignored, WEXITED | WNOHANG | __WALL);
}

std::vector<UniqueFd> reap_adopted() {
    std::vector<UniqueFd> alive;
    if (!registry().adopts) return alive;
    const std::lock_guard making(registry().making);
    const auto self = ::getpid();
    for (const auto& process : list_processes()) {
        if (process.parent != self || is_leader(process.pid)) continue;
        siginfo_t info{};
        const int outcome = ::waitid(P_PID, static_cast<id_t>(process.pid), &info, WEXITED | WNOHANG | __WALL);
        if (outcome != 0 || info.si_pid != 0) continue;
        UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)));
        if (pidfd) alive.push_back(std::move(pidfd));
    }
    return alive;
}

} // namespace attune::adapters::subprocess::children
