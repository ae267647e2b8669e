#include "services/file_watcher/seated_watch.hpp"

#include "base/text.hpp"

namespace attune::services {
namespace {

namespace watch = logic::watch;
using Kind = FileNotice::Kind;

constexpr std::size_t kMostProblems = 10;
constexpr std::size_t kMostTrouble = 1000; ///< bytes

template <class Use>
void for_each_below(const FileStates& files, const std::string& folder, Use use) {
    const auto below = folder + '/';
    for (auto at = files.lower_bound(below); at != files.end() && at->first.starts_with(below); ++at) use(at->first);
}

} // namespace

Result<SeatedWatch> SeatedWatch::make(FileWatch row, FileSeat seat, Limits limits) {
    SeatedWatch out(std::move(row), std::move(seat), limits);
    TRY(out.config_, watch::read_config(out.row_.config));
    TRY(auto selection, watch::Selection::of(out.config_));
    out.selection_ = std::make_shared<const watch::Selection>(std::move(selection));
    out.unsettled_ = watch::Unsettled(out.config_.settle);
    return out;
}

WatchedFiles SeatedWatch::files() const {
    return {.root = selection_->root(),
            .holds = [all = selection_](std::string_view path) { return all->selects(path); },
            .enters = [all = selection_](std::string_view folder) { return all->enters(folder); },
            .most = limits_.most_files};
}

void SeatedWatch::take(const FileNotice& notice, Duration now) {
    if (has_failed_) return; // all of it is looked at again
    switch (notice.kind) {
    case Kind::touched: unsettled_.touch(notice.path, now); break;
    case Kind::moved: unsettled_.move(notice.old_path, notice.path, now); break;
    case Kind::folder_gone:
        for_each_below(known_, notice.path, [&](const std::string& path) { unsettled_.touch(path, now); });
        break;
    case Kind::folder_moved:
        move_folder(notice.old_path, notice.path, now);
        want_scan(notice.path);
        break;
    case Kind::folder_came: want_scan(notice.path); break;
    case Kind::lost: scans_ = {""}; break;
    }
    check_bounds(false, now);
}

void SeatedWatch::want_scan(const std::string& folder) {
    if (scans_.empty() || !scans_.front().empty()) scans_.push_back(folder);
}

void SeatedWatch::move_folder(const std::string& from, const std::string& to, Duration now) {
    for_each_below(known_, from, [&](const std::string& path) {
        const auto moved = to + path.substr(from.size());
        unsettled_.move(path, moved, now);
    });
}

/// `grown`: files have come.
void SeatedWatch::check_bounds(bool grown, Duration now) {
    const bool too_many = grown && known_.size() > limits_.most_files;
    if (!too_many && unsettled_.size() <= 2 * limits_.most_files) return;
    scan_failed(Error{Errc::too_large, fmt::format("{} holds more than {} files that are to be watched: none is",
                                                   selection_->root(), limits_.most_files)},
                now);
}

std::optional<std::string> SeatedWatch::next_scan(Duration now) const {
    if (retry_at_ && *retry_at_ <= now) return "";
    if (scans_.empty()) return std::nullopt;
    return scans_.back();
}

void SeatedWatch::scanned(const std::string& folder, FileScan scan, Timestamp wall, Duration now) {
    if (folder.empty()) {
        scans_.clear();
        problems_.clear();
        retry_at_.reset();
        has_failed_ = false;
    } else {
        std::erase(scans_, folder);
    }
    for (auto& problem : scan.problems) note_problem(std::move(problem), now);
    if (std::exchange(has_begun_, true)) {
        find_changes(folder, scan, false, now);
    } else if (!seat_.settled) {
        begin(std::move(scan), wall, now);
    } else if (config_.catch_up) {
        find_changes(folder, scan, true, now);
    } else {
        known_ = std::move(scan.files);
    }
    check_bounds(false, now);
}

/// All of it is looked at again after a while.
void SeatedWatch::note_problem(std::string text, Duration now) {
    if (problems_.size() < kMostProblems) problems_.push_back(std::move(text));
    if (!retry_at_) retry_at_ = now + limits_.retry;
}

void SeatedWatch::begin(FileScan scan, Timestamp wall, Duration now) {
    auto beginning = watch::begin(std::move(scan.files), row_.armed_at, wall);
    known_ = std::move(beginning.known);
    for (const auto& path : beginning.changed) unsettled_.touch(path, now);
}

void SeatedWatch::find_changes(const std::string& folder, const FileScan& scan, bool caught_up, Duration now) {
    for (const auto& path : watch::differing(known_, scan.files, scan.unread, folder)) {
        const auto found = scan.files.find(path);
        const auto state = found == scan.files.end() ? std::nullopt : std::optional(found->second);
        unsettled_.scanned(path, state, caught_up, now);
    }
}

void SeatedWatch::scan_failed(const Error& error, Duration now) {
    has_failed_ = true;
    problems_ = {error.message};
    scans_.clear();
    unsettled_ = watch::Unsettled(config_.settle);
    retry_at_ = now + limits_.retry;
}

std::vector<watch::Unsettled::Due> SeatedWatch::take_due(Duration now) {
    if (!has_begun_ || has_failed_ || !seat_.settled || !untold_.empty()) return {};
    return unsettled_.take_due(now);
}

void SeatedWatch::looked(const std::vector<watch::Unsettled::Due>& due,
                         const std::vector<Result<std::optional<FileState>>>& found, Duration now) {
    watch::Looks looks;
    for (std::size_t i = 0; i < due.size(); ++i) {
        const auto& one = due[i];
        if (!found[i]) {
            note_problem(found[i].error().message, now);
        } else if (one.scanned && *one.scanned != *found[i]) {
            unsettled_.scanned(one.path, *found[i], one.caught_up, now);
        } else {
            looks.insert_or_assign(one.path, watch::Look{*found[i], one.caught_up});
        }
    }
    for (auto& change : watch::changes_of(known_, looks)) untold_.push_back(std::move(change));
}

void SeatedWatch::told(std::size_t count, Duration now) {
    const auto before = known_.size();
    for (; count > 0; --count) {
        watch::apply(untold_.front(), known_);
        untold_.pop_front();
    }
    check_bounds(known_.size() > before, now);
}

std::optional<Duration> SeatedWatch::next_due() const {
    if (!scans_.empty() || !untold_.empty() || (has_begun_ && !seat_.settled)) return Duration{0};
    const auto due = has_begun_ && !has_failed_ ? unsettled_.next_due() : std::nullopt;
    return due && retry_at_ ? std::min(*due, *retry_at_) : due ? due : retry_at_;
}

std::optional<std::string> SeatedWatch::trouble() const {
    if (problems_.empty()) return std::nullopt;
    const auto all = join(problems_, "; ");
    return all.substr(0, utf8_cut(all, kMostTrouble));
}

} // namespace attune::services
