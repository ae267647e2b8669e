// How a root is waited for: the nearest folder on the way to it that is there is asked for the name that comes next,
// and each folder before that is asked whether it is moved.
#include "adapters/inotify/masks.hpp"
#include "adapters/inotify/watcher.hpp"
#include "base/text.hpp"

#include <cerrno>
#include <system_error>

namespace attune::adapters::inotify {
namespace {

constexpr int kMostTries = 10;

/// What to ask of folders that may be no more, or be another thing.
constexpr std::uint32_t kSelf = IN_DELETE_SELF | IN_MOVE_SELF;

} // namespace

/// Whether the root is a folder. A root that is a file is found here.
bool Watcher::guard_root(WatchNumber number, Walk& walk) {
    for (int i = 0; i < kMostTries; ++i) {
        remove(places_.drop_guards(number));
        const auto root = try_to_guard(number, walk);
        if (root != Root::changing) return root == Root::folder;
    }
    walk.found.unread.insert(""); // what comes to rest is noticed, and looked at again
    return false;
}

Watcher::Root Watcher::try_to_guard(WatchNumber number, Walk& walk) {
    const auto& files = trees_.at(number).files;
    const auto names = split(std::string_view(files.root).substr(1), '/');
    std::string at;
    for (std::size_t i = 0; i < names.size() && files.root != "/"; ++i) {
        const auto folder = at.empty() ? "/" : at;
        at += fmt::format("/{}", names[i]);
        const bool is_last = i + 1 == names.size();
        const auto found = entry_at(at, false);
        if (found.kind != EntryKind::folder) {
            if (!wait_for_name(number, folder, std::string(names[i]), is_last, walk)) return Root::changing;
            if (entry_at(at, false).kind != found.kind) return Root::changing;
        }
        const auto entry = found.kind == EntryKind::link ? entry_at(at, true) : found;
        if (entry.failure != 0) {
            walk.cannot_read({}, at, entry.failure);
            return Root::no_folder;
        }
        if (entry.kind != EntryKind::folder || !is_last) {
            const auto own = queue_.add(at, entry.kind == EntryKind::folder ? kSelf | IN_ONLYDIR : kSelf | kContents);
            if (own.wd >= 0) places_.add_guard(number, own.wd, {}); // else it is enough to see names come and go
        }
        if (entry.kind == EntryKind::folder) continue;
        if (entry.kind == EntryKind::file && is_last && files.holds({})) walk.found.files.emplace("", entry.state);
        return Root::no_folder;
    }
    return Root::folder;
}

/// False when the folder is no more.
bool Watcher::wait_for_name(WatchNumber number, const std::string& folder, const std::string& name, bool is_root,
                            Walk& walk) {
    const std::uint32_t contents = is_root ? kContents : 0; // it may be a file
    const auto added = queue_.add(folder, kNames | contents | kSelf | IN_ONLYDIR);
    if (added.wd >= 0) {
        places_.add_guard(number, added.wd, name);
        return true;
    }
    if (added.failure == ENOENT || added.failure == ENOTDIR) return false;
    if (added.failure == ENOSPC) {
        ++walk.unwatched;
    } else {
        walk.problem(fmt::format("'{}' cannot be waited for in {}: {}", name, folder,
                                 std::generic_category().message(added.failure)));
    }
    return true;
}

} // namespace attune::adapters::inotify
