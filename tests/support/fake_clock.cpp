#include "support/fake_clock.hpp"

namespace attune::test {

task<bool> FakeClock::wait_until(Timestamp due, Signal* interrupt) {
    if (due <= now_) {
        if (interrupt != nullptr) interrupt->take();
        co_return true;
    }
    co_return co_await sleepers_.wait(due, interrupt, {});
}

void FakeClock::run_until_idle() {
    loop_.restart();
    while (loop_.poll() > 0) loop_.restart();
}

void FakeClock::advance(Duration d) {
    run_until_idle();
    const auto until = now_ + d;
    for (auto due = sleepers_.next_due(); due && *due <= until; due = sleepers_.next_due()) {
        if (*due > now_) {
            monotonic_ += *due - now_;
            now_ = *due;
        }
        if (together) {
            sleepers_.wake_due(now_);
        } else {
            sleepers_.wake_one(now_);
        }
        run_until_idle();
    }
    monotonic_ += until - now_;
    now_ = until;
}

void FakeClock::step(Duration by) {
    jump(by);
    run_until_idle();
}

void FakeClock::jump(Duration by) {
    now_ += by;
    sleepers_.wake_all();
}

} // namespace attune::test
