#pragma once
#include "runtime/metrics.hpp"
#include "storage/database.hpp"

#include <memory>
#include <string>

namespace attune::sqlite {

struct Options {
    std::string path; ///< the file, or ":memory:" (tests: one connection for everything)
    int readers = 2;  ///< threads that read
    Duration group_time = std::chrono::milliseconds{5}; ///< a group takes no more work after this
    std::size_t queue_limit = 65536;                    ///< writes that may wait; beyond, `unavailable` at once
    Metrics* metrics = &Metrics::unread();              ///< where its numbers go
};

/// A Database over one SQLite file: one writer thread that commits in groups, readers and checkpoints on connections of
/// their own. Locks "<path>.lock" for as long as it lives, so a second server on the same file is refused.
class SqliteDatabase : public Database {
public:
    /// Opens, locks and migrates. Errors: `conflict` (in use by another server; a newer schema), `unavailable` (path,
    /// permissions, disk).
    static Result<std::unique_ptr<SqliteDatabase>> open(Options options, Timestamp now);

    /// Copies a database that may be in use into a new file, consistently. Errors: `conflict` when `to` exists.
    static Result<void> backup(const std::string& from, const std::string& to);
};

} // namespace attune::sqlite
