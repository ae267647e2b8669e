#pragma once
#include "base/file_state.hpp"
#include "logic/watch/watch_config.hpp"

#include <optional>
#include <set>
#include <span>

/// What became of files, from what was told of them before and what is there now: the same whether a notification, a
/// scan after lost notifications, or a scan after a restart made somebody look.
namespace attune::logic::watch {

/// What was seen at a path.
struct Look {
    std::optional<FileState> state; ///< none: there is no such file
    bool caught_up = false;         ///< it was looked for because nobody had watched
};
using Looks = std::map<std::string, Look, std::less<>>;

struct Change {
    ChangeKind kind = ChangeKind::modified;
    std::string path;
    std::optional<std::string> old_path; ///< of what was moved
    FileState state;                     ///< as it is now; of what was deleted, as it was
    bool caught_up = false;

    bool operator==(const Change&) const = default;
};

/// What differs from what is known, at the paths that were looked at; by path. A file that is there under another path
/// has moved: it is known by its number and its birth; where the file system tells no birth, by number, size and time.
/// What was written to it on the way is no change of its own.
std::vector<Change> changes_of(const FileStates& known, const Looks& looks);

/// Brings what is known in line with a change that was told. Those of one call of changes_of() may be applied in any
/// portions: where a moved file was is forgotten only while nothing else has taken its place.
void apply(const Change& change, FileStates& known);

/// The changes that a rule asks for. A move that it does not ask for is a deletion and a creation.
std::vector<Change> asked_for(std::span<const Change> changes, const WatchConfig& config);

/// The paths at which a scan of a folder ("": all) found something else than is known. What lies below `unread` folders
/// was not looked at ("": nothing was).
std::vector<std::string> differing(const FileStates& known, const FileStates& found,
                                   const std::set<std::string>& unread, std::string_view folder = {});

/// How a watch begins: what is there counts as told of, but for what was written between the moment since when it is
/// wanted and now, which is still to be told.
struct Beginning {
    FileStates known;
    std::vector<std::string> changed;
};
Beginning begin(FileStates found, Timestamp since, Timestamp now);

} // namespace attune::logic::watch
