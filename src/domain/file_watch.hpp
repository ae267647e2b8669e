#pragma once
#include "base/reflect.hpp"

namespace attune {

using FileWatchId = Id<struct FileWatchTag>;
using FileSeatId = Id<struct FileSeatTag>;

/// What a rule on core.file_changed wants to be watched. Written by flow/file_watches alone; sensors read it.
struct FileWatch {
    FileWatchId id;
    RuleId rule;
    std::string rule_ref;
    std::string trigger_ref;
    json::object config;       ///< the rule's trigger_params
    bool armed = true;         ///< the rule and its trigger are enabled
    std::int64_t revision = 1; ///< counts every change of the others
    Timestamp armed_at;        ///< what changes after this is told of
    std::int64_t generation = 0;
    Timestamp created;
    Timestamp updated;
};
ATTUNE_STRUCT(FileWatch);

/// Who watches it: one process of all, or one of each host. It is a lease, and what `file_seen` rows belong to: what
/// was told of each file, where the rule wants that to be remembered.
struct FileSeat {
    FileSeatId id;
    FileWatchId watch;
    std::string host;      ///< empty: of all hosts
    std::string holder;    ///< hexadecimal digits of a process; empty: it has been left
    std::int64_t beat = 0; ///< counts what the holder does with it
    bool ended = false;    ///< the watch has changed or is gone; only what belongs to the seat is still to be deleted
    bool settled = false;  ///< what is there counts as told: whatever else is found has changed since
    std::int64_t files = 0;
    std::optional<std::string> trouble; ///< why some of it is not watched, for people
    Timestamp created;
    Timestamp updated;
};
ATTUNE_STRUCT(FileSeat);

} // namespace attune
