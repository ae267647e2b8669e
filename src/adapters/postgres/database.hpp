#pragma once
#include "adapters/postgres/traffic.hpp"
#include "runtime/metrics.hpp"
#include "storage/database.hpp"

#include <memory>

namespace attune::postgres {

struct Options {
    std::string url = {}; ///< "postgresql://user@host/database?sslmode=verify-full", or what else libpq reads
    int writers = 2;      ///< threads that commit groups: while one commits, the other gathers
    int readers = 6;      ///< threads that read
    Duration statement_timeout = std::chrono::seconds{30};
    Duration group_time = std::chrono::milliseconds{5}; ///< a group takes no more work after this
    std::size_t queue_limit = 65536;                    ///< writes (and reads) that may wait; beyond, `unavailable`
    Metrics* metrics = &Metrics::unread();              ///< where its numbers go
};

/// A Database in the schema `attune` of a PostgreSQL server, which any number of processes share. Connections that are
/// lost come back by themselves; until then everything answers `unavailable`.
class PostgresDatabase : public Database {
public:
    /// Migrates, then opens. Errors: those of migrate().
    static Result<std::unique_ptr<PostgresDatabase>> open(const Options& options, Timestamp now);

    /// Brings the schema up to this program's version; of several processes one does it while the others wait. A schema
    /// that is current is only read. Errors: `unavailable` (no server), `conflict` (a newer schema), `forbidden` (the
    /// role may not: the message says what its owner has to do).
    static Result<void> migrate(const std::string& url, Timestamp now);

    /// What it was asked since it was opened.
    virtual TrafficCounts traffic() const = 0;
};

} // namespace attune::postgres
