// The child shares the server's memory until it runs its program (so making it costs the same whatever the server's
// size), while the calling thread sleeps. It may do only what is safe after vfork: system calls on prepared data.
#include "adapters/subprocess/launch.hpp"

#ifndef ATTUNE_SANITIZED
#include <cerrno>
#include <csignal>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

namespace attune::adapters::subprocess {
namespace {

using Stage = Launched::Stage;

constexpr std::size_t kStackBytes = std::size_t{64} * 1024;
constexpr std::size_t kGuardBytes = 4096;

/// The child's stack, one per spawner thread, with a page below it that faults.
class ChildStack {
public:
    ChildStack() {
        void* memory = ::mmap(nullptr, kGuardBytes + kStackBytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
        if (memory == MAP_FAILED) return;
        base_ = static_cast<char*>(memory);
        ::mprotect(base_, kGuardBytes, PROT_NONE);
    }
    ChildStack(const ChildStack&) = delete;
    ChildStack& operator=(const ChildStack&) = delete;
    ~ChildStack() {
        if (base_ != nullptr) ::munmap(base_, kGuardBytes + kStackBytes);
    }
    char* top() const { return base_ == nullptr ? nullptr : base_ + kGuardBytes + kStackBytes; }

private:
    char* base_ = nullptr;
};

/// What parent and child share.
struct Shared {
    const Command& command;
    const ChildDescriptors& descriptors;
    pid_t parent;
    volatile Stage failed_stage = Stage::none;
    volatile int failure = 0;
};

[[noreturn]] void give_up(Shared& shared, Stage stage) {
    shared.failure = errno;
    shared.failed_stage = stage;
    ::_exit(127);
}

void reset_signals() {
    struct sigaction action{};
    action.sa_handler = SIG_DFL;
    for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &action, nullptr);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

bool place_descriptors(const ChildDescriptors& from) {
    if (::dup2(from.in, 0) < 0 || ::dup2(from.out, 1) < 0 || ::dup2(from.err, 2) < 0) return false;
    if (from.script >= 0 && ::dup2(from.script, 3) < 0) return false;
    return ::close_range(from.script >= 0 ? 4 : 3, ~0U, 0) == 0;
}

int child_main(void* argument) {
    auto& shared = *static_cast<Shared*>(argument);
    ::setpgid(0, 0);
    reset_signals();
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) give_up(shared, Stage::setup);
    if (::getppid() != shared.parent) ::_exit(127); // the server died before the line above: nobody is there to tell
    if (!place_descriptors(shared.descriptors)) give_up(shared, Stage::setup);
    const auto* directory = shared.command.working_directory;
    if (directory != nullptr && ::chdir(directory) != 0) give_up(shared, Stage::directory);
    ::execve(shared.command.program.c_str(), shared.command.argv.data(), shared.command.envp.data());
    give_up(shared, Stage::program);
}

} // namespace

Launched launch(const Command& command, const ChildDescriptors& descriptors) {
    thread_local const ChildStack stack;
    Shared shared{command, descriptors, ::getpid()};
    Launched launched;
    if (stack.top() == nullptr) {
        launched.failed_stage = Stage::create;
        launched.failure = ENOMEM;
        return launched;
    }
    // No handler of the server may run in the child, which would change the server's memory.
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    int pidfd = -1;
    const int flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD;
    launched.pid = ::clone(&child_main, stack.top(), flags, &shared, &pidfd);
    const int clone_error = errno;
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);

    if (launched.pid < 0) {
        launched.failed_stage = Stage::create;
        launched.failure = clone_error;
        return launched;
    }
    launched.pidfd.reset(pidfd);
    launched.failed_stage = shared.failed_stage;
    launched.failure = shared.failure;
    if (launched.failed_stage != Stage::none) ::waitpid(launched.pid, nullptr, 0);
    return launched;
}

} // namespace attune::adapters::subprocess
#endif
