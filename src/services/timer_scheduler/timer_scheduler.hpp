#pragma once
#include "flow/timers.hpp"
#include "logic/schedule/decide.hpp"
#include "services/role.hpp"

#include <atomic>
#include <set>
#include <unordered_map>

namespace attune::services {

/// Fires the timers: one coroutine for all of them. Holds the armed timers in memory, by their next fire time; what it
/// fires is guarded by the timer's row (revision and cursor) and the unique key of the firing, so any number of
/// schedulers may run. Lives on the timer loop. On stop, the write in hand is finished.
class TimerScheduler {
public:
    struct Options {
        std::size_t batch = 500;  ///< firings in one write
        std::int64_t page = 5000; ///< timers read at once at the start
    };
    TimerScheduler(Ports ports, Options options) : ports_(ports), options_(options) {}

    /// Until cancelled.
    task<void> run();

    /// Reads what changed since the last call and fires what is due; how many timers fired.
    task<Result<std::size_t>> run_once();

    /// When the next timer fires. Thread-safe count of those that have a fire time.
    std::optional<Timestamp> next_deadline() const;
    std::size_t armed() const { return armed_; }

private:
    struct Armed {
        Timer timer;
        logic::schedule::Schedule schedule;
        std::optional<Timestamp> due;
    };
    struct Planned {
        std::vector<TimerId> timers;
        std::vector<flow::Firing> firings;
        std::size_t events = 0;
    };

    task<Result<void>> refresh();
    task<Result<void>> load_all();
    task<Result<void>> reread(TimerId id);
    task<Result<void>> reread_unsure();
    task<Result<std::size_t>> fire_due();
    task<Result<void>> pull_back_cursors();
    void put(Timer timer);
    void drop(TimerId id);
    void set_due(Armed& armed);
    Planned plan(Timestamp now) const;
    flow::Firing plan_one(const Armed& armed, Timestamp now) const;
    task<Result<void>> settle(const Planned& planned, const std::vector<std::size_t>& fired);

    Ports ports_;
    Options options_;
    std::unordered_map<TimerId, Armed> timers_;
    std::set<std::pair<Timestamp, TimerId>> deadlines_;
    std::int64_t generation_ = -1; ///< definitions known; -1 = nothing read yet
    std::vector<TimerId> unsure_;  ///< in a write whose answer has not come, or never came
    std::atomic<std::size_t> armed_ = 0;
};

} // namespace attune::services
