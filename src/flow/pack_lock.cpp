#include "flow/pack_lock.hpp"

namespace attune::flow {

ATTUNE_FIELDS(PackLock, ref, holder, beat, settled, taken);

namespace {

const Query kFind{"pack_lock.by_ref", "select ref, holder, beat, settled, taken from pack_lock where ref = $1"};
const Query kAll{"pack_lock.all", "select ref, holder, beat, settled, taken from pack_lock order by ref"};
const Query kTake{"pack_lock.take",
                  "insert into pack_lock (ref, holder, beat, settled, taken) values ($1, $2, 0, true, $3)"
                  " on conflict (ref) do nothing"};
const Query kTakeOver{"pack_lock.take_over", "update pack_lock set holder = $4, beat = beat + 1, taken = $5"
                                             " where ref = $1 and holder = $2 and beat = $3"};
const Query kHold{"pack_lock.hold",
                  "update pack_lock set beat = beat + 1, settled = $3 where ref = $1 and holder = $2"};
const Query kRelease{"pack_lock.release", "delete from pack_lock where ref = $1 and holder = $2"};

} // namespace

Result<std::optional<PackLock>> find_pack_lock(Session& session, const std::string& ref) {
    return session.find<PackLock>(kFind, ref);
}

Result<std::vector<PackLock>> list_pack_locks(Session& session) {
    return session.all<PackLock>(kAll);
}

Result<bool> take_pack_lock(Session& session, const PackLock& lock) {
    TRY(const auto rows, session.execute(kTake, lock.ref, lock.holder, lock.taken));
    return rows > 0;
}

Result<bool> take_over_pack_lock(Session& session, const PackLock& seen, const std::string& holder, Timestamp now) {
    TRY(const auto rows, session.execute(kTakeOver, seen.ref, seen.holder, seen.beat, holder, now));
    return rows > 0;
}

Result<void> hold_pack_lock(Session& session, const PackLock& lock, bool settled) {
    TRY(const auto rows, session.execute(kHold, lock.ref, lock.holder, settled));
    if (rows > 0) return {};
    return Error{Errc::conflict,
                 fmt::format("changing the pack '{}' took too long: another process has taken over", lock.ref)};
}

Result<void> release_pack_lock(Session& session, const PackLock& lock) {
    CHECK(session.execute(kRelease, lock.ref, lock.holder));
    return {};
}

bool PackLockWatch::is_silent(const PackLock& seen, Duration monotonic) {
    const bool news = seen.holder != holder_ || seen.beat != beat_;
    if (news || monotonic - last_ > kPackLease / 3) {
        holder_ = seen.holder;
        beat_ = seen.beat;
        since_ = monotonic;
    }
    last_ = monotonic;
    return monotonic - since_ >= kPackLease;
}

} // namespace attune::flow
