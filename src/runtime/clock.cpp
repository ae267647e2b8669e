#include "runtime/clock.hpp"

namespace attune {

task<void> Clock::sleep_until(Timestamp due) {
    while (!co_await wait_until(due, nullptr)) {}
}

} // namespace attune
