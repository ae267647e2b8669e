#pragma once
#include "domain/event.hpp"
#include "flow/file_seats.hpp"
#include "flow/file_watches.hpp"
#include "flow/pack_lock.hpp"
#include "runtime/file_watcher.hpp"
#include "services/file_watcher/seated_watch.hpp"
#include "services/role.hpp"

#include <map>
#include <mutex>

namespace attune::services {

/// Tells what becomes of the files that rules watch. Of all sensors, the one with a watch's seat does; what was told
/// changes in the transaction of the events, which the seat guards, so each change is told once, whoever crashes. Lives
/// on a loop of its own, which may wait for disks. On stop, the write in hand is finished; leave() follows.
class FileSensor {
public:
    struct Options {
        std::string host = {};     ///< of this machine
        bool is_alone = true;      ///< no other process has the database: seats need no lease
        std::size_t batch = 500;   ///< events in one write
        std::int64_t page = 2'000; ///< remembered files in one read or write
        SeatedWatch::Limits limits = {};
    };
    /// All of it outlives the sensor.
    FileSensor(Ports ports, FileWatcher& watcher, Options options);

    /// Until cancelled: scans, looks and tells.
    task<void> run();
    /// Until cancelled: hears doorbells, sweeps, and renews the leases.
    task<void> follow();
    /// After both have ended: nothing is watched any more, and others may take over at once.
    task<void> leave();

    /// What is told is told once; how many events.
    task<Result<std::size_t>> run_once();

    struct State {
        std::size_t watches = 0;                ///< whose seats this process has
        std::size_t files = 0;                  ///< that are watched
        std::vector<std::string> troubles = {}; ///< "core.rule: why", of those that are not watched in full
    };
    /// From any thread.
    State state() const;

private:
    using Watches = std::map<FileSeatId, SeatedWatch>;
    /// What is being written, or was, when its answer was lost: it is written again with the same ids.
    struct News {
        std::vector<logic::watch::Change> changes;
        std::vector<Event> events;
    };

    void wake_by(Signal* signal);
    task<Result<bool>> renew();
    task<Result<void>> refresh();
    void drop_changed();
    task<Result<void>> take_seats();
    task<Result<void>> take_seat(const FileWatch& wanted, const std::vector<FileSeat>& seats);
    bool may_take(const FileSeat& seen);
    task<Result<void>> load(SeatedWatch& watch);
    task<Result<void>> forget_ended();
    void drop(FileSeatId seat);

    void take_notices();
    task<Result<std::size_t>> work(FileSeatId seat);
    task<void> scan(SeatedWatch& watch);
    task<Result<bool>> settle(SeatedWatch& watch);
    task<void> look(SeatedWatch& watch);
    task<Result<std::optional<std::size_t>>> tell(SeatedWatch& watch);
    task<Result<News>> make_news(const SeatedWatch& watch);
    task<Result<void>> note_troubles();
    void publish();
    std::optional<Timestamp> next_due() const;

    Ports ports_;
    FileWatcher& watcher_;
    Options options_;
    Counter& recorded_;
    const std::string holder_;
    Signal* wake_ = nullptr; ///< of run(), while it runs
    bool look_due_ = true;   ///< the database may have news

    std::optional<flow::FileWatchSum> sum_; ///< of what `wanted_` was read at
    std::map<FileWatchId, FileWatch> wanted_;
    std::map<FileSeatId, flow::PackLockWatch> others_; ///< who else has a seat
    std::set<FileSeatId> lost_;                        ///< seats that another process has taken over
    Watches watches_;
    std::map<FileSeatId, News> news_;
    std::map<FileSeatId, std::optional<std::string>> noted_; ///< the trouble that the seat's row tells of
    mutable std::mutex mutex_;
    State state_;
};

} // namespace attune::services
