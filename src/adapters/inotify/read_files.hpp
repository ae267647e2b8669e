#pragma once
#include "base/file_state.hpp"

#include <dirent.h>
#include <memory>
#include <optional>
#include <string>

namespace attune::adapters::inotify {

enum class EntryKind : std::uint8_t { none, file, folder, link, other };

/// What is at a path.
struct Entry {
    std::string name;
    EntryKind kind = EntryKind::none;
    FileState state = {}; ///< of a file
    int failure = 0;      ///< errno, when it cannot be known: the kind is none
};

Entry entry_at(const std::string& path, bool follow_links);

/// The entries of a folder, one by one.
class FolderReader {
public:
    /// The path may lead through a link itself only when `follow_links`.
    FolderReader(const std::string& path, bool follow_links);
    /// errno, when it cannot be opened, or not be read to its end.
    int failure() const { return failure_; }
    /// The next file, folder or whatever; what is gone by now is left out.
    std::optional<Entry> next();

private:
    struct Close {
        void operator()(DIR* stream) const { ::closedir(stream); }
    };
    std::unique_ptr<DIR, Close> stream_;
    int failure_ = 0;
};

} // namespace attune::adapters::inotify
