#include "sim/racing_scheduler.hpp"

namespace attune::test {

RacingScheduler::RacingScheduler(World& world, const Hardship& hardship, std::function<bool()> zones_changed,
                                 std::uint64_t seed)
    : world_(world), hardship_(hardship), random_(seed), clock_(*this, world.clock), db_(*this, world.db),
      scheduler_({clock_, world.bus, db_, world.random, world.ids},
                 {.batch = 3, .page = 2, .zones_changed = std::move(zones_changed)}),
      group_(world.loop.get_executor(), world.clock) {}

void RacingScheduler::start() {
    group_.spawn("timers", [this] { return scheduler_.run(); });
}

void RacingScheduler::crash() {
    asio::post(world_.loop, [this] { group_.request_stop(); });
    while (group_.size() > 0) world_.clock.run_until_idle();
}

Duration RacingScheduler::up_to(Duration most) {
    return Duration{static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(most.count() + 1))};
}

task<bool> RacingScheduler::LazyClock::wait_until(Timestamp due, Signal* interrupt) {
    const auto& hardship = owner_.hardship_;
    if (due > now() && hardship.laziness > Duration{0}) {
        const auto deadline = owner_.scheduler_.next_deadline();
        if (interrupt == nullptr || !deadline || due < *deadline) due += owner_.up_to(hardship.laziness);
        if (interrupt != nullptr && deadline) due = std::min(due, std::max(*deadline, now()));
    }
    const bool came = co_await real_.wait_until(due, interrupt);
    while (now() < hardship.frozen_until) co_await real_.wait_until(hardship.frozen_until, nullptr);
    co_return came;
}

/// Before or after a call to the database.
task<void> RacingScheduler::suffer() {
    if (std::uniform_real_distribution<>(0, 1)(random_) < hardship_.slow_call) {
        co_await world_.clock.wait_until(world_.clock.now() + up_to(hardship_.slowness), nullptr);
    }
    while (world_.clock.now() < hardship_.frozen_until) {
        co_await world_.clock.wait_until(hardship_.frozen_until, nullptr);
    }
}

task<Result<void>> RacingScheduler::SlowDatabase::submit_read(Unit unit) {
    co_await owner_.suffer();
    auto outcome = co_await real_.read([&unit](Session& session) { return unit(session); });
    co_await owner_.suffer();
    co_return outcome;
}

task<Result<void>> RacingScheduler::SlowDatabase::submit_write(WriteOptions options, Unit unit) {
    co_await owner_.suffer();
    auto outcome = co_await real_.write([&unit](Session& session) { return unit(session); }, options);
    co_await owner_.suffer();
    co_return outcome;
}

} // namespace attune::test
