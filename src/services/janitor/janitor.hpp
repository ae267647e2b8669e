#pragma once
#include "flow/retention.hpp"
#include "services/role.hpp"

#include <array>

namespace attune::services {

/// Deletes history that is old and over, in small units of the bulk lane: whoever else writes waits for one of them at
/// most. Walks each table in the order of its ids and stops at the first row that is too young. Any number may run. On
/// stop, the unit in hand is finished.
///
/// Because a clock that jumps forward makes everything look old, it deletes nothing for `hold` after it saw a jump of
/// more than `jump`, also across a restart; a clock that goes back behind the jump ends the hold.
class Janitor {
public:
    struct Options {
        /// Ages at which each kind goes, counted from when it was over; zero keeps it. Output goes with its execution
        /// at the latest, and what was passed over of timers as their events do.
        Duration events = 30 * 24h;
        Duration enforcements = 30 * 24h;
        Duration executions = 30 * 24h;
        Duration output = 7 * 24h;
        Duration audit = 90 * 24h;        ///< entries of the audit log
        Duration webhook_hits = 30 * 24h; ///< requests to webhooks
        Duration deletions = 7 * 24h;     ///< of definitions: for schedulers that have been away meanwhile
        Duration check_interval = 1h;
        std::int64_t batch = 200;            ///< rows in one unit at most
        std::int64_t unit_size = 256 * 1024; ///< characters in one unit, so at most 1 MiB; one row may be larger
        Duration unit_time = 5ms;            ///< a unit takes up no more rows after this
        Duration jump = 1h;
        Duration hold = 24h;
    };
    Janitor(Ports ports, Options options)
        : ports_(ports), options_(options), deleted_(ports.metrics.counters(Metric::rows_deleted)) {}

    task<void> run();

    /// How many rows of each kind went, by flow::History.
    using Deleted = std::array<std::int64_t, 6>;
    /// One pass over everything, or nothing while there is a hold.
    task<Result<Deleted>> run_once();

private:
    struct Look {
        Timestamp wall;
        Duration elapsed{};
    };
    struct Batch {
        std::vector<flow::HistoryRow> rows; ///< of them, what is old
        flow::HistoryRow last;              ///< where the next one begins
        bool is_last = false;
    };
    task<Result<bool>> may_delete();
    task<Result<bool>> hold_since(std::optional<Timestamp> when);
    std::optional<Duration> jumped();
    Duration age_of(flow::History kind) const;
    task<Result<std::int64_t>> sweep(flow::History kind, Timestamp now);
    task<Result<void>> sweep_ranges(Timestamp before);
    task<Result<void>> sweep_deletions(Timestamp before);
    task<Result<void>> sweep_throttled(Timestamp now);
    task<Result<void>> sweep_rows(Result<std::int64_t> (*forget)(Session&, Timestamp, std::int64_t), Timestamp before);
    task<Result<Batch>> next_batch(flow::History kind, const flow::HistoryRow& after, Timestamp before, Timestamp now);
    /// How many of the rows it took up, and how many of those went.
    struct Unit {
        std::size_t taken = 0;
        std::int64_t deleted = 0;
    };
    task<Result<Unit>> delete_some(flow::History kind, const std::vector<flow::HistoryRow>& rows, Timestamp before);

    Ports ports_;
    Options options_;
    CounterSet deleted_;
    std::optional<Look> last_look_;
    std::optional<Timestamp> new_hold_; ///< seen, and not yet recorded
};

} // namespace attune::services
