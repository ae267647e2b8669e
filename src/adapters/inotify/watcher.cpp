#include "adapters/inotify/watcher.hpp"

#include "adapters/inotify/masks.hpp"

namespace attune::adapters::inotify {
namespace {

using Kind = FileNotice::Kind;

constexpr std::size_t kMostNotices = 65'536; ///< more that nobody has taken are lost, and everything is looked at

std::string joined(const std::string& folder, const std::string& name) {
    return folder.empty() ? name : folder + '/' + name;
}

} // namespace

std::string Watcher::Tree::absolute(std::string_view path) const {
    if (path.empty()) return files.root;
    return files.root == "/" ? fmt::format("/{}", path) : fmt::format("{}/{}", files.root, path);
}

Watcher::Watcher(asio::any_io_executor loop, SystemCalls calls)
    : loop_(loop), queue_(loop, std::move(calls), [this](const KernelNotice& notice) { on_notice(notice); }) {}

void Watcher::watch(WatchNumber number, WatchedFiles files) {
    remove(places_.drop_watch(number));
    trees_[number] = {.files = std::move(files)};
}

void Watcher::forget(WatchNumber number) {
    remove(places_.drop_watch(number));
    trees_.erase(number);
    if (trees_.empty()) queue_.close();
}

void Watcher::remove(const std::vector<int>& wds) {
    for (const int wd : wds) queue_.remove(wd);
}

void Watcher::tell_lost() {
    notices_.clear();
    for (const auto& [number, tree] : trees_) notices_.push_back({number, Kind::lost, {}, {}});
    if (signal_ != nullptr) signal_->set();
}

void Watcher::tell(FileNotice notice) {
    if (!notices_.empty() && notices_.back() == notice) return; // a file that is being written
    if (notices_.size() >= kMostNotices) return tell_lost();
    notices_.push_back(std::move(notice));
    if (signal_ != nullptr) signal_->set();
}

void Watcher::on_notice(const KernelNotice& notice) {
    if ((notice.mask & IN_Q_OVERFLOW) != 0) return tell_lost();
    if ((notice.mask & IN_IGNORED) != 0) return places_.forget(notice.wd);
    const auto places = places_.at(notice.wd); // they may change meanwhile
    for (const auto& place : places) place.is_guard ? on_guard(place, notice) : on_folder(place, notice);
}

/// Something on the way to a root.
void Watcher::on_guard(const Place& place, const KernelNotice& notice) {
    if ((notice.mask & kOfItself) != 0) return tell({place.watch, Kind::lost, {}, {}});
    if (notice.name != place.name) return;
    if ((notice.mask & kNames) != 0) return tell({place.watch, Kind::lost, {}, {}});
    const auto tree = trees_.find(place.watch);
    if (tree != trees_.end() && tree->second.files.holds({})) tell({place.watch, Kind::touched, {}, {}});
}

void Watcher::on_folder(const Place& place, const KernelNotice& notice) {
    const auto tree = trees_.find(place.watch);
    if (tree == trees_.end()) return;
    if (notice.name.empty()) {
        const bool is_lost =
            (notice.mask & IN_UNMOUNT) != 0 || (place.folder.empty() && (notice.mask & kOfItself) != 0);
        if (is_lost) tell({place.watch, Kind::lost, {}, {}});
        return;
    }
    const auto path = joined(place.folder, notice.name);
    if ((notice.mask & IN_ISDIR) != 0) {
        on_subfolder(tree->second, path, place.watch, notice);
    } else if (tree->second.files.holds(path)) {
        on_file(tree->second, path, place.watch, notice);
    }
}

void Watcher::on_file(Tree& tree, const std::string& path, WatchNumber number, const KernelNotice& notice) {
    if ((notice.mask & IN_MOVED_FROM) != 0) {
        tree.cookie = notice.cookie;
        tree.renamed_from = path;
    }
    const bool was_moved = (notice.mask & IN_MOVED_TO) != 0 && notice.cookie == tree.cookie;
    tell({number, was_moved ? Kind::moved : Kind::touched, path, was_moved ? tree.renamed_from : std::string{}});
}

void Watcher::on_subfolder(Tree& tree, const std::string& path, WatchNumber number, const KernelNotice& notice) {
    if (!tree.files.enters(path)) return;
    if ((notice.mask & (IN_MOVED_FROM | IN_DELETE)) != 0) {
        tree.cookie = notice.cookie;
        tree.renamed_from = path;
        remove(places_.drop_folders(number, path));
        tell({number, Kind::folder_gone, path, {}});
    } else if ((notice.mask & (IN_MOVED_TO | IN_CREATE)) != 0) {
        const bool was_moved = (notice.mask & IN_MOVED_TO) != 0 && notice.cookie == tree.cookie;
        tell({number, was_moved ? Kind::folder_moved : Kind::folder_came, path,
              was_moved ? tree.renamed_from : std::string{}});
    }
}

std::unique_ptr<FileWatcher> make_file_watcher(asio::any_io_executor loop, SystemCalls calls) {
    return std::make_unique<Watcher>(std::move(loop), std::move(calls));
}

} // namespace attune::adapters::inotify
