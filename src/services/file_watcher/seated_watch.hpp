#pragma once
#include "domain/file_watch.hpp"
#include "logic/watch/selection.hpp"
#include "logic/watch/unsettled.hpp"
#include "runtime/file_watcher.hpp"

#include <deque>
#include <memory>

namespace attune::services {

/// A watch that this process has the seat of: what was told of its files, and what is still to be looked at and told.
/// It does nothing itself: FileSensor scans, looks and tells as this says.
class SeatedWatch {
public:
    struct Limits {
        std::size_t most_files = 100'000; ///< of one watch; with more, none of them is watched
        Duration retry = 60s;             ///< how often it is tried again while something cannot be watched
    };

    /// Errors: `invalid`, for a configuration that this program cannot read.
    static Result<SeatedWatch> make(FileWatch row, FileSeat seat, Limits limits);

    const FileWatch& row() const { return row_; }
    const FileSeat& seat() const { return seat_; }
    const logic::watch::WatchConfig& config() const { return config_; }
    WatchNumber number() const { return seat_.id.value; }
    std::string absolute(std::string_view path) const { return selection_->absolute(path); }
    /// What a watcher is asked for.
    WatchedFiles files() const;

    /// What was told before, from the database: before the first scan.
    void remember(FileStates files) { known_.merge(std::move(files)); }
    const FileStates& known() const { return known_; }
    bool is_settled() const { return seat_.settled; }
    void note_settled() { seat_.settled = true; }

    void take(const FileNotice& notice, Duration now);

    /// The folder that is to be scanned now, if one is ("": all).
    std::optional<std::string> next_scan(Duration now) const;
    void scanned(const std::string& folder, FileScan scan, Timestamp wall, Duration now);
    void scan_failed(const Error& error, Duration now);
    /// Nothing is watched until a scan succeeds.
    bool has_failed() const { return has_failed_; }
    /// It was scanned once.
    bool has_begun() const { return has_begun_; }

    /// What is to be looked at now; nothing while there are changes to be told.
    std::vector<logic::watch::Unsettled::Due> take_due(Duration now);
    void looked(const std::vector<logic::watch::Unsettled::Due>& due,
                const std::vector<Result<std::optional<FileState>>>& found, Duration now);

    /// Changes in the order in which they are told.
    const std::deque<logic::watch::Change>& untold() const { return untold_; }
    /// The first `count` of them were told.
    void told(std::size_t count, Duration now);

    /// When there is something to do again, in elapsed time.
    std::optional<Duration> next_due() const;
    /// Why some of it is not watched; nothing while all is well.
    std::optional<std::string> trouble() const;

private:
    SeatedWatch(FileWatch row, FileSeat seat, Limits limits)
        : row_(std::move(row)), seat_(std::move(seat)), limits_(limits) {}

    void begin(FileScan scan, Timestamp wall, Duration now);
    void find_changes(const std::string& folder, const FileScan& scan, bool caught_up, Duration now);
    void move_folder(const std::string& from, const std::string& to, Duration now);
    void want_scan(const std::string& folder);
    void note_problem(std::string text, Duration now);
    void check_bounds(bool grown, Duration now);

    FileWatch row_;
    FileSeat seat_;
    Limits limits_;
    logic::watch::WatchConfig config_;
    std::shared_ptr<const logic::watch::Selection> selection_;
    FileStates known_;
    logic::watch::Unsettled unsettled_{Duration{0}};
    std::deque<logic::watch::Change> untold_;
    std::vector<std::string> scans_{""}; ///< folders that are to be scanned; "" comes alone
    bool has_begun_ = false;             ///< it was scanned once
    bool has_failed_ = false;            ///< the last scan failed: nothing is noticed
    std::vector<std::string> problems_;
    std::optional<Duration> retry_at_;
};

} // namespace attune::services
