#pragma once
#include "adapters/sqlite/file_lock.hpp"
#include "app/node/infrastructure.hpp"

namespace attune::app {

/// Under which name a process works, and the lock that keeps others of the same data directory off it.
struct WorkerIdentity {
    std::string name;
    std::string host;
    std::string node; ///< id of the data directory
    sqlite::FileLock lock;
};

/// The name of the settings, or the first of <host>, <host>-2, … that is free: neither locked in the data directory nor
/// at work elsewhere. Errors: `conflict`, naming worker.name, when the one that was asked for is taken; `unavailable`.
/// Takes up to worker.lease where a process elsewhere had the name and may be dead.
Result<WorkerIdentity> take_worker_identity(Infrastructure& shared);

} // namespace attune::app
