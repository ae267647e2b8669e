#pragma once
// Of all processes, one at a time changes a pack: its files and its rows go together. The lock is a lease in the
// database, since files are moved between transactions. A holder that was lost is known by not having renewed it for
// kPackLease, by the watcher's own clock; who takes over ends first what the other began.
#include "base/timestamp.hpp"
#include "storage/session.hpp"

namespace attune::flow {

constexpr Duration kPackLease = 15s;

struct PackLock {
    std::string ref;
    std::string holder;    ///< hexadecimal digits of its own
    std::int64_t beat = 0; ///< counts the renewals
    /// Whether the pack's files are those that its rows stand for: not from before the files are moved until the rows
    /// are committed.
    bool settled = true;
    Timestamp taken;
};
ATTUNE_STRUCT(PackLock);

Result<std::optional<PackLock>> find_pack_lock(Session& session, const std::string& ref);
/// Of all packs, by ref.
Result<std::vector<PackLock>> list_pack_locks(Session& session);

/// Takes a lock that nobody holds; false when somebody does.
Result<bool> take_pack_lock(Session& session, const PackLock& lock);
/// Takes the lock of a holder that was lost: false when it is not as it was seen. `settled` stays as it was.
Result<bool> take_over_pack_lock(Session& session, const PackLock& seen, const std::string& holder, Timestamp now);

/// Renews the lease, and says whether files and rows are the same from now on. Errors: `conflict` when another
/// process has taken over: nothing may be moved or written.
Result<void> hold_pack_lock(Session& session, const PackLock& lock, bool settled);
/// Nothing, when another process has taken over.
Result<void> release_pack_lock(Session& session, const PackLock& lock);

/// Watches a lock that somebody else holds.
class PackLockWatch {
public:
    /// Whether the holder is lost: the lock was read unchanged for the length of the lease, without a gap in the
    /// readings.
    bool is_silent(const PackLock& seen, Duration monotonic);

private:
    std::string holder_;
    std::int64_t beat_ = -1;
    Duration since_{};
    Duration last_{};
};

} // namespace attune::flow
