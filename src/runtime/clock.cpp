#include "runtime/clock.hpp"

namespace attune {

task<void> Clock::sleep_for(Duration duration) {
    const auto until = monotonic() + duration;
    for (auto left = duration; left > Duration{0}; left = until - monotonic())
        co_await wait_until(now() + left, nullptr);
}

} // namespace attune
