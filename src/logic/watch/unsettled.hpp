#pragma once
#include "base/file_state.hpp"
#include "base/timestamp.hpp"
#include "logic/watch/changes.hpp"

#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace attune::logic::watch {

/// The paths at which something happened, until they have been left alone for the settle time: then they are due to be
/// looked at. Times are elapsed time that never steps, and do not decrease from call to call.
class Unsettled {
public:
    explicit Unsettled(Duration settle) : settle_(settle) {}

    /// Something happened at the path.
    void touch(std::string_view path, Duration now);
    /// A file was renamed: both paths come due together, so that the move is seen as one.
    void move(std::string_view from, std::string_view to, Duration now);
    /// A scan saw something at the path: when it is due, and is not as it was, something happens there unheard of.
    void scanned(std::string_view path, std::optional<FileState> seen, bool caught_up, Duration now);

    struct Due {
        std::string path;
        bool caught_up = false;
        std::optional<std::optional<FileState>> scanned; ///< what a scan saw there, when that is the last of it
        Duration due{};
    };
    /// Takes those that are due.
    std::vector<Due> take_due(Duration now);
    std::optional<Duration> next_due() const;

    std::size_t size() const { return entries_.size(); }

private:
    struct Entry {
        Due what;
        std::string goes_with; ///< the path that it was moved to; empty: none
    };
    using Entries = std::list<Entry>; ///< by the times at which they are due

    Entry& renewed(std::string_view path, Duration now);
    bool wait_for_target(Entries::iterator entry);

    Duration settle_;
    Entries entries_;
    std::unordered_map<std::string_view, Entries::iterator> by_path_; ///< the keys are the entries' own
};

} // namespace attune::logic::watch
