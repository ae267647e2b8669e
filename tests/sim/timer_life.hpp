#pragma once
#include "domain/event.hpp"
#include "domain/trigger.hpp"
#include "sim/racing_scheduler.hpp"
#include "sim/timetable.hpp"

#include <array>
#include <functional>
#include <map>
#include <random>
#include <set>

namespace attune::test {

/// How long one life is, and how hard.
struct LifeScale {
    bool whole_year = false;                 ///< else an hour or so around a clock change
    Duration pass = std::chrono::minutes{4}; ///< between two things that happen, at most
    Duration forward = std::chrono::minutes{30};
    Duration back = std::chrono::minutes{20};
    Duration freeze = std::chrono::minutes{15};
    Duration laziness{0};
    Duration slowness = std::chrono::minutes{2};
};
LifeScale window_scale();
LifeScale year_scale();

/// Two timer schedulers race on one database, under everything that can happen to timers: crashes at any moment, lost
/// messages and answers, schedulers that stop for hours and go on, clocks that jump both ways, a database that is away,
/// zone data that changes, retention, and people who edit, pause, disable, skip, fire and backfill. The same seed gives
/// the same life.
class TimerLife {
public:
    TimerLife(std::uint64_t seed, LifeScale scale);
    ~TimerLife();

    void run();
    /// Ends all faults, resumes and enables everything, and gives the schedulers time to catch up.
    void heal();

    /// A stretch of one timer's life under one schedule: it answers for the nominal times in (from, to].
    struct Series {
        Timetable table;
        Timestamp anchor;
        Timestamp from;
        Timestamp to;
        std::int64_t born = 0; ///< the last time a cursor was pulled back before
    };
    /// With the series that still goes on, up to the timer's cursor.
    std::vector<Series> series_of(const Timer& timer);
    std::vector<Timer> timers();
    /// All events that there were, and the ranges that retention deleted.
    const std::map<EventId, Event>& events();
    const std::vector<TimerSkip>& forgotten_ranges() const { return forgotten_; }

    World world;
    std::vector<std::string> contradictions; ///< what happened and must not

private:
    void make_timers();
    Timetable any_table();
    Timetable table_for_window();
    Timetable table_for_year();
    Timetable any_recurrence(const std::string& zone, const WallPolicy& policy);
    Timetable on_working_days(Timetable table);
    void add_options(Timetable& table);
    json::object other_calendar();

    void start(std::size_t which);
    void crash(std::size_t which);
    void one_step();
    void stop_in_the_middle();
    void pass_time();
    void expect_silence(TimerId id);
    void command_something();
    void change(const std::function<void()>& operation);
    void set_enabled(const Timer& timer, bool enabled);
    void edit_something();
    void edit_calendar();
    void toggle_something();
    void backfill(const Timer& timer);
    void step_clock();
    void freeze_something();
    void forget_history();
    void change_faults();
    void take_pullbacks(const Timer& timer);
    void begin_series(const Timer& timer, const Timetable& table, Timestamp from);

    Timer any_timer();
    std::int64_t pick(std::int64_t below) {
        return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(below));
    }
    Duration up_to(Duration most) { return Duration{pick(most.count())}; }
    template <class T, std::size_t N>
    const T& one_of(const T (&all)[N]) {
        return all[static_cast<std::size_t>(pick(N))];
    }

    std::mt19937_64 random_;
    LifeScale scale_;
    std::vector<std::string> zones_;
    std::vector<Timestamp> changes_; ///< of their clocks, still to come, the last one first
    Timestamp start_;
    Timestamp end_;
    std::map<std::string, Timetable> tables_; ///< by rule
    std::map<TimerId, std::vector<Series>> past_;
    std::map<TimerId, Series> current_;
    bool closed_on_fridays_ = false; ///< the calendar core.closed as it is now
    std::map<EventId, Event> events_;
    std::vector<TimerSkip> forgotten_;
    std::array<Hardship, 2> hardship_;
    std::array<std::unique_ptr<RacingScheduler>, 2> instances_;
    std::int64_t next_event_ = 900'000'000;
};

} // namespace attune::test
