#pragma once
#include "support/world.hpp"

#include <array>
#include <functional>
#include <map>
#include <random>

namespace attune::test {

/// Two timer schedulers race on one database, around a clock change in one of six zones, under everything that can
/// happen to timers: crashes at any moment, lost messages and answers, clocks that jump both ways, and people who edit,
/// pause, disable, skip, fire and backfill. The same seed gives the same life.
class TimerLife {
public:
    explicit TimerLife(std::uint64_t seed);
    ~TimerLife();

    void run(int steps);
    /// Ends all faults, resumes and enables everything, and gives the schedulers time to catch up.
    void heal();

    /// A stretch of one timer's life under one schedule: it answers for the nominal times in (from, to].
    struct Series {
        json::object config;
        Timestamp anchor;
        Timestamp from;
        Timestamp to;
    };
    /// With the series that still goes on, up to the timer's cursor.
    std::vector<Series> series_of(const Timer& timer) const;
    std::vector<Timer> timers();
    bool was_edited(const Timer& timer) const { return past_.contains(timer.id); }

    World world;
    std::vector<std::string> contradictions; ///< what happened and must not

private:
    struct Instance {
        explicit Instance(World& world);
        services::TimerScheduler scheduler;
        ServiceGroup group;
    };
    void start(std::size_t which);
    void crash(std::size_t which);
    void one_step();
    void stop_in_the_middle();
    void expect_silence(TimerId id);
    void command_something();
    bool clock_is_behind();
    void change(const std::function<void()>& operation);
    void set_enabled(const Timer& timer, bool enabled);
    void edit_something();
    void toggle_something();
    void backfill(const Timer& timer);
    void step_clock();
    void change_faults();
    json::object any_schedule();
    Timer any_timer();
    std::int64_t pick(std::int64_t below) {
        return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(below));
    }

    std::mt19937_64 random_;
    std::string zone_;
    std::map<TimerId, std::vector<Series>> past_;
    std::array<std::unique_ptr<Instance>, 2> instances_;
    Duration went_back_{0};
    std::int64_t next_event_ = 9'000'000;
};

} // namespace attune::test
