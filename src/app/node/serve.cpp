#include "app/node/serve.hpp"

#include "app/node/node.hpp"
#include "base/log.hpp"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <malloc.h>
#include <thread>

namespace attune::app {
namespace {

/// SIGTERM and SIGINT, for the one thread that waits for them.
sigset_t stop_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    return set;
}

/// Stops the node while this thread goes on listening: a second signal skips the grace period, and a third ends the
/// process at once (its children die with it, and the next start settles what they were doing).
void stop_listening_to_signals(Node& node, const sigset_t& set) {
    std::atomic<bool> stopped = false;
    std::thread stopper([&, self = ::pthread_self()] {
        node.stop();
        stopped = true;
        ::pthread_kill(self, SIGTERM); // wakes the wait below
    });
    for (bool hurried = false;; hurried = true) {
        int signal = 0;
        sigwait(&set, &signal);
        if (stopped) break;
        if (hurried) {
            log::warn("a third signal: ending at once");
            std::_Exit(130);
        }
        log::warn("a second signal: ending what runs; a third one ends the server at once");
        node.hurry();
    }
    stopper.join();
}

/// Freed blocks from 1 MiB on go back to the system. By itself glibc keeps them once it has seen one freed: the 19 MiB
/// that each password hash takes would stay with the thread that hashed it.
void give_back_large_blocks() {
    ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
}

} // namespace

int serve(const Settings& settings, const Roles& roles) {
    give_back_large_blocks();
    // Blocked before any thread starts, so that every thread inherits it and only sigwait sees them.
    const auto set = stop_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    auto node = Node::start(settings, roles);
    if (!node) {
        log::error("cannot start: {}", node.error().text());
        return 1;
    }
    log::info("attune serves on {} (roles: {}; data: {})", (*node)->url(), show_roles(roles), settings.data_dir);
    int signal = 0;
    sigwait(&set, &signal);
    stop_listening_to_signals(**node, set);
    if (const auto why = (*node)->failure(); !why.empty()) {
        log::error("ended: {}", why);
        return 1;
    }
    log::info("stopped");
    return 0;
}

} // namespace attune::app
