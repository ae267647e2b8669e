#include "adapters/inotify/masks.hpp"
#include "adapters/inotify/watcher.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <system_error>

namespace attune::adapters::inotify {
namespace {

constexpr std::size_t kMostProblems = 10;
constexpr std::size_t kAtOnce = 256; ///< entries, before others on the loop have their turn

bool is_gone(int failure) {
    return failure == ENOENT || failure == ENOTDIR || failure == ELOOP;
}

Error forgotten() {
    return Error{Errc::cancelled, "the watch has ended"};
}

} // namespace

void Watcher::Walk::problem(std::string text) {
    if (found.problems.size() < kMostProblems) found.problems.push_back(std::move(text));
}

void Watcher::Walk::cannot_read(const std::string& folder, const std::string& path, int failure) {
    found.unread.insert(folder);
    problem(fmt::format("{} cannot be read: {}", path, std::generic_category().message(failure)));
}

task<Result<FileScan>> Watcher::scan(WatchNumber number, std::string folder) {
    if (!trees_.contains(number)) co_return forgotten();
    CO_CHECK(queue_.open());
    Walk walk;
    if (!folder.empty() || guard_root(number, walk)) walk.waiting.push_back(folder);
    while (!walk.waiting.empty()) {
        const auto next = std::move(walk.waiting.back());
        walk.waiting.pop_back();
        if (watch_folder(number, next, walk)) CO_CHECK(co_await read_folder(number, next, walk));
    }
    if (folder.empty()) remove(places_.keep_folders(number, walk.watched));
    if (walk.unwatched > 0) walk.problem(watch_limit_reached(walk.unwatched));
    co_return std::move(walk.found);
}

/// Whether it is there to be read.
bool Watcher::watch_folder(WatchNumber number, const std::string& folder, Walk& walk) {
    const auto path = trees_.at(number).absolute(folder);
    const std::uint32_t how = folder.empty() ? IN_ONLYDIR : IN_ONLYDIR | IN_DONT_FOLLOW;
    if (walk.unwatched > 0) {
        ++walk.unwatched; // the limit is reached
        return true;
    }
    const auto added = queue_.add(path, kNames | kContents | IN_DELETE_SELF | IN_MOVE_SELF | how);
    if (added.wd >= 0) {
        remove(places_.put_folder(number, folder, added.wd));
        walk.watched.insert(folder);
        return true;
    }
    if (added.failure == ENOSPC) {
        ++walk.unwatched;
        return true;
    }
    if (!is_gone(added.failure)) walk.cannot_read(folder, path, added.failure);
    return false;
}

task<Result<void>> Watcher::read_folder(WatchNumber number, std::string folder, Walk& walk) {
    const auto path = trees_.at(number).absolute(folder);
    FolderReader reader(path, folder.empty());
    while (const auto entry = reader.next()) {
        const auto& files = trees_.at(number).files;
        auto below = folder.empty() ? entry->name : fmt::format("{}/{}", folder, entry->name);
        if (entry->kind == EntryKind::folder && files.enters(below)) {
            walk.waiting.push_back(std::move(below));
        } else if (entry->kind == EntryKind::file && files.holds(below)) {
            walk.found.files.insert_or_assign(std::move(below), entry->state);
        }
        if (walk.found.files.size() > files.most)
            co_return Error{Errc::too_large, fmt::format("{} holds more than {} files that are to be watched: none is",
                                                         files.root, files.most)};
        if (++walk.entries % kAtOnce != 0) continue;
        co_await asio::post(loop_, asio::use_awaitable);
        if (!trees_.contains(number)) co_return forgotten();
    }
    if (reader.failure() != 0 && !is_gone(reader.failure())) walk.cannot_read(folder, path, reader.failure());
    co_return Result<void>{};
}

task<std::vector<Result<std::optional<FileState>>>> Watcher::look(WatchNumber number, std::vector<std::string> paths) {
    std::vector<Result<std::optional<FileState>>> out;
    out.reserve(paths.size());
    for (const auto& path : paths) {
        const auto tree = trees_.find(number);
        if (tree == trees_.end()) {
            out.emplace_back(forgotten());
            continue;
        }
        const auto absolute = tree->second.absolute(path);
        const auto entry = entry_at(absolute, path.empty());
        if (entry.failure != 0) {
            out.emplace_back(Error{Errc::unavailable, fmt::format("{} cannot be read: {}", absolute,
                                                                  std::generic_category().message(entry.failure))});
        } else {
            out.emplace_back(entry.kind == EntryKind::file ? std::optional(entry.state) : std::nullopt);
        }
        if (out.size() % kAtOnce == 0) co_await asio::post(loop_, asio::use_awaitable);
    }
    co_return out;
}

} // namespace attune::adapters::inotify
