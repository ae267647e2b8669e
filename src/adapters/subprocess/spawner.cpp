#include "adapters/subprocess/spawner.hpp"

#include "adapters/subprocess/children.hpp"
#include "base/result.hpp"

#include <algorithm>
#include <chrono>
#include <poll.h>
#include <sys/eventfd.h>

namespace attune::adapters::subprocess {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// Looking through the process table costs milliseconds, so it is done at most that often.
constexpr std::chrono::milliseconds kSweepPause{1000};
/// Adopted processes beyond this number are reaped when the next program ends.
constexpr std::size_t kMostAdoptedWatched = 1000;

int milliseconds_until(SteadyClock::time_point at) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(at - SteadyClock::now());
    return static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(left.count(), 0, kSweepPause.count()));
}

} // namespace

Spawner::Spawner() : wake_up_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    ATTUNE_ASSERT(wake_up_);
    thread_ = std::thread([this] { run(); });
}

Spawner::~Spawner() {
    stop();
}

bool Spawner::submit(std::function<void()> work) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return false;
        queue_.push_back(std::move(work));
    }
    wake();
    return true;
}

void Spawner::note_exit() {
    if (!sweep_wanted_.exchange(true)) wake();
}

void Spawner::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake();
    if (thread_.joinable()) thread_.join();
    queue_.clear();
}

void Spawner::wake() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_up_.get(), &one, sizeof one);
}

void Spawner::wait(const std::vector<UniqueFd>& adopted, int timeout_ms) const {
    std::vector<pollfd> polled{{wake_up_.get(), POLLIN, 0}};
    for (const auto& pidfd : adopted) {
        if (polled.size() <= kMostAdoptedWatched) polled.push_back({pidfd.get(), POLLIN, 0});
    }
    ::poll(polled.data(), polled.size(), timeout_ms);
    std::uint64_t count = 0;
    [[maybe_unused]] const auto n = ::read(wake_up_.get(), &count, sizeof count);
}

std::vector<std::function<void()>> Spawner::take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(queue_, {});
}

void Spawner::run() {
    std::vector<UniqueFd> adopted;
    auto next_sweep = SteadyClock::now();
    for (;;) {
        for (const auto& work : take()) work();
        if (sweep_wanted_ && SteadyClock::now() >= next_sweep) {
            sweep_wanted_ = false;
            adopted = children::reap_adopted();
            next_sweep = SteadyClock::now() + kSweepPause;
        }
        {
            const std::lock_guard lock(mutex_);
            if (stopping_) return;
            if (!queue_.empty()) continue;
        }
        if (sweep_wanted_) {
            wait({}, milliseconds_until(next_sweep));
        } else {
            wait(adopted, -1);
            // Either there is work, or an adopted process ended; looking costs little as it is done once a second.
            if (!adopted.empty()) sweep_wanted_ = true;
        }
    }
}

} // namespace attune::adapters::subprocess
