#pragma once
#include "base/reflect.hpp"

namespace attune::logic::watch {

/// What can become of a file.
enum class ChangeKind : std::uint8_t { created, modified, deleted, moved };
ATTUNE_ENUM(ChangeKind, created, modified, deleted, moved)

constexpr Duration kShortestSettle = 50ms; ///< longer than two writes can have the same time
constexpr Duration kLongestSettle = 1h;
constexpr std::size_t kMostPathBytes = 4095;
constexpr std::size_t kMostIgnored = 100;

/// What a rule on core.file_changed watches: its trigger_params.
struct WatchConfig {
    std::string path;       ///< absolute: a folder, a file, or a pattern (logic/watch/glob.hpp)
    bool recursive = false; ///< of a folder: also what lies in the folders below it
    std::vector<ChangeKind> kinds{ChangeKind::created, ChangeKind::modified, ChangeKind::deleted, ChangeKind::moved};
    Duration settle = 1s;            ///< a file is told of once it has been left alone for so long
    std::vector<std::string> ignore; ///< patterns of files and folders that are none of it
    bool catch_up = false;           ///< also what changed while nobody watched
    bool each_host = false;          ///< every machine with the role sensor watches its own files

    bool asks_for(ChangeKind kind) const;
};
ATTUNE_STRUCT(WatchConfig);

/// Errors: `invalid`, with the parameter's name and what was expected.
Result<WatchConfig> read_config(const json::object& trigger_params);

} // namespace attune::logic::watch
