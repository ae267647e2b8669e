#pragma once
#include "support/world.hpp"

#include <functional>
#include <random>

namespace attune::test {

/// What one of several timer schedulers suffers: its process stops and wakes hours later, its database calls take long,
/// and its sweeps are rare, so that a lost message is noticed late (and a year can be simulated at all).
struct Hardship {
    Timestamp frozen_until = Timestamp::min();
    Duration laziness{0}; ///< what is no deadline may come later by up to this
    double slow_call = 0; ///< how probably a database call waits, before it or after it
    Duration slowness{0}; ///< ... by up to this
};

/// A timer scheduler with a clock and a connection of its own.
class RacingScheduler {
public:
    RacingScheduler(World& world, const Hardship& hardship, std::function<bool()> zones_changed, std::uint64_t seed);

    void start();
    /// Ends it wherever it is. Runs others meanwhile.
    void crash();

private:
    /// Sleeps longer than it is asked to, by hardship.
    class LazyClock final : public Clock {
    public:
        LazyClock(RacingScheduler& owner, Clock& real) : owner_(owner), real_(real) {}
        Timestamp now() const override { return real_.now(); }
        Duration monotonic() const override { return real_.monotonic(); }
        task<bool> wait_until(Timestamp due, Signal* interrupt) override;

    private:
        RacingScheduler& owner_;
        Clock& real_;
    };
    class SlowDatabase final : public Database {
    public:
        SlowDatabase(RacingScheduler& owner, Database& real) : owner_(owner), real_(real) {}
        std::optional<std::string> trouble() const override { return real_.trouble(); }

    protected:
        task<Result<void>> submit_read(Unit unit) override;
        task<Result<void>> submit_write(WriteOptions options, Unit unit) override;
        Result<void> run_blocking(Unit unit) override { return real_.write_blocking(std::move(unit)); }

    private:
        RacingScheduler& owner_;
        Database& real_;
    };

    task<void> suffer();
    Duration up_to(Duration most);

    World& world_;
    const Hardship& hardship_;
    std::mt19937_64 random_;
    LazyClock clock_;
    SlowDatabase db_;
    services::TimerScheduler scheduler_;
    ServiceGroup group_;
};

} // namespace attune::test
