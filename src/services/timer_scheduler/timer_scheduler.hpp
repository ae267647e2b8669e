#pragma once
#include "domain/calendar.hpp"
#include "domain/trigger.hpp"
#include "flow/calendars.hpp"
#include "flow/timers.hpp"
#include "services/role.hpp"
#include "services/timer_scheduler/armed_timers.hpp"
#include "services/timer_scheduler/timer_measures.hpp"

#include <map>

namespace attune::services {

/// Fires the timers: one coroutine for all of them. Holds the armed timers in memory, by their next fire time; what it
/// fires is guarded by the timer's row (revision and cursor) and the unique key of the firing, so any number of
/// schedulers may run. Lives on the timer loop. On stop, the write in hand is finished.
class TimerScheduler {
public:
    struct Options {
        std::size_t batch = 5000; ///< firings in one write
        std::int64_t page = 5000; ///< timers read at once at the start
        /// Whether the system's tz database has changed since the last call.
        std::function<bool()> zones_changed = &logic::schedule::TimeZone::reload_if_changed;
    };
    TimerScheduler(Ports ports, Options options)
        : ports_(ports), options_(std::move(options)), measures_(ports.metrics) {}

    /// Until cancelled.
    task<void> run();

    /// Reads what changed since the last call and fires what is due; how many timers fired.
    task<Result<std::size_t>> run_once();

    /// When the next timer fires, or the next pause ends. Thread-safe count of those that have a fire time.
    std::optional<Timestamp> next_deadline() const;
    std::size_t armed() const { return timers_.waiting(); }
    /// When it was last proved that every armed timer is held here, or known to be in trouble. From any thread.
    std::optional<Timestamp> proved() const {
        const auto at = proved_.load();
        return at == Duration{0} ? std::nullopt : std::optional(Timestamp{at});
    }

private:
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
    task<Result<void>> end_pauses();
    task<Result<void>> reconcile();
    task<Result<void>> tell_troubles();
    Result<logic::schedule::Schedule> compile(const json::object& config) const;
    void take_calendars(const std::vector<Calendar>& changed, const std::vector<std::string>& removed);
    void start_anew();
    void take_news(const Timer& timer);
    void put(const Timer& timer);
    Planned plan(Timestamp now);
    task<Result<void>> settle(const Planned& planned, const std::vector<std::size_t>& fired);

    Ports ports_;
    Options options_;
    std::map<std::string, logic::schedule::Calendar> calendars_; ///< as new as `generation_`
    ArmedTimers timers_{[this](const json::object& config) { return compile(config); }};
    std::int64_t generation_ = -1;           ///< definitions known; -1 = nothing read yet
    std::optional<Timestamp> next_resume_;   ///< when the first pause ends by itself
    std::map<TimerId, std::int64_t> broken_; ///< armed timers without a deadline, with their revision
    std::vector<flow::TimerTrouble> untold_; ///< what is to be written about timers in trouble
    Duration reconciled_{-1};                ///< monotonic
    Duration reconcile_after_{};             ///< how long after that it is done again
    std::atomic<Duration> proved_ = Duration{0};
    TimerMeasures measures_;
    std::vector<TimerId> unsure_; ///< in a write whose answer has not come, or never came
};

} // namespace attune::services
