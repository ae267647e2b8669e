#include "app/serve.hpp"

#include "app/node.hpp"
#include "base/log.hpp"

#include <csignal>
#include <cstdlib>
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

/// A second signal during the farewell ends the process at once: its children die with it, and the next start settles
/// what they were doing.
void hurry_on_second_signal(const sigset_t& set) {
    std::thread([set] {
        int signal = 0;
        sigwait(&set, &signal);
        log::warn("a second signal: stopping without waiting");
        std::_Exit(130);
    }).detach();
}

} // namespace

int serve(const Settings& settings) {
    // Blocked before any thread starts, so that every thread inherits it and only sigwait sees them.
    const auto set = stop_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    auto node = Node::start(settings);
    if (!node) {
        log::error("cannot start: {}", node.error().text());
        return 1;
    }
    log::info("attune serves on {} (data: {})", (*node)->url(), settings.data_dir);
    int signal = 0;
    sigwait(&set, &signal);
    hurry_on_second_signal(set);
    (*node)->stop();
    log::info("stopped");
    return 0;
}

} // namespace attune::app
