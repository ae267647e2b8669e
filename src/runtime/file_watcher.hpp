#pragma once
#include "base/file_state.hpp"
#include "base/result.hpp"
#include "runtime/signal.hpp"
#include "runtime/task.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace attune {

/// Which regular files somebody wants to hear of. Paths are relative to the root, which may be a folder, a file (its
/// path is ""), or not be there yet.
struct WatchedFiles {
    std::string root;                             ///< absolute
    std::function<bool(std::string_view)> holds;  ///< whether a file is one of them, when its folder may hold some
    std::function<bool(std::string_view)> enters; ///< whether a folder may hold some, when its own folder may
    std::size_t most = 100'000;                   ///< files; where there are more, a scan fails
};

/// Whoever watches chooses a number.
using WatchNumber = std::int64_t;

/// Something that a watcher was told. It says where to look, not what is there.
struct FileNotice {
    enum class Kind : std::uint8_t {
        touched,      ///< something happened to the file at `path`
        moved,        ///< the file at `old_path` was renamed to `path`
        folder_gone,  ///< the folder is no longer at `path`, with all that was below it
        folder_moved, ///< the folder at `old_path` was renamed to `path`; scan it
        folder_came,  ///< a folder is at `path` now: scan it
        lost,         ///< anything may have happened (too much to tell, or to the root itself): scan it all
    };
    WatchNumber watch = 0;
    Kind kind = Kind::touched;
    std::string path;
    std::string old_path;

    bool operator==(const FileNotice&) const = default;
};

struct FileScan {
    FileStates files;
    std::set<std::string> unread;      ///< folders that could not be read: what lies below is not known
    std::vector<std::string> problems; ///< for people; at most 10
};

/// Tells of changes of files on this machine. Belongs to one loop, which it may keep busy for as long as the disk takes
/// to answer once; it outlives its coroutines. Symbolic links are followed where the root is one, and nowhere else.
class FileWatcher {
public:
    virtual ~FileWatcher() = default;

    /// Set on each notice; one listener.
    virtual void listen(Signal* signal) = 0;
    /// What was noticed since the last call, in its order.
    virtual std::vector<FileNotice> take() = 0;

    /// Watches begin, end, and are replaced. What one watches is noticed from its first scan on.
    virtual void watch(WatchNumber number, WatchedFiles files) = 0;
    virtual void forget(WatchNumber number) = 0;

    /// Looks at all files of a folder of the watch and of those below it ("": the root), and sees to it that what
    /// happens there from now on is noticed: nothing falls between the two. Where a folder is not noticed, `problems`
    /// says why. A root that is not there is no files. Errors: `too_large` for more than `most` files, `unavailable`
    /// when nothing can be watched at all.
    virtual task<Result<FileScan>> scan(WatchNumber number, std::string folder) = 0;

    /// What is at some paths of the watch now: a regular file, or nothing. An error is for one that cannot be looked
    /// at.
    virtual task<std::vector<Result<std::optional<FileState>>>> look(WatchNumber number,
                                                                     std::vector<std::string> paths) = 0;
};

} // namespace attune
