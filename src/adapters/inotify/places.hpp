#pragma once
#include "runtime/file_watcher.hpp"

#include <map>
#include <unordered_map>

namespace attune::adapters::inotify {

/// What a watched inode is to a watch. It may be several things, to several watches: two rules may watch a folder, and
/// a folder may be mounted at two places.
struct Place {
    WatchNumber watch = 0;
    bool is_guard = false; ///< of the way to the root; else a folder of the watch
    std::string folder;    ///< relative to the root
    std::string name;      ///< of a guard: what the way goes on with; empty: only the inode itself matters

    bool operator==(const Place&) const = default;
};

/// Which inodes are watched, and what for. What is dropped is returned as the inodes that nobody needs any more.
class Places {
public:
    /// What it is; nothing for an inode that is watched no more.
    const std::vector<Place>& at(int wd) const;

    void add_guard(WatchNumber watch, int wd, std::string name);
    std::vector<int> drop_guards(WatchNumber watch);

    /// The folder is this inode now.
    std::vector<int> put_folder(WatchNumber watch, const std::string& folder, int wd);
    /// The folder and those below it.
    std::vector<int> drop_folders(WatchNumber watch, const std::string& folder);
    /// Those of the watch that are not among these.
    std::vector<int> keep_folders(WatchNumber watch, const std::set<std::string>& folders);

    /// All of a watch.
    std::vector<int> drop_watch(WatchNumber watch);
    /// The kernel has let go of it.
    void forget(int wd);

private:
    using Key = std::pair<WatchNumber, std::string>;
    using Folders = std::map<Key, int>;

    void drop_place(int wd, const Place& place, std::vector<int>& unneeded);
    Folders::iterator drop_folder(Folders::iterator at, std::vector<int>& unneeded);

    std::unordered_map<int, std::vector<Place>> places_;
    Folders folders_;
    std::multimap<WatchNumber, std::pair<int, Place>> guards_;
};

} // namespace attune::adapters::inotify
