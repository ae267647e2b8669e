#include "flow/file_seats.hpp"

namespace attune::flow {
namespace {

const QueryOf<FileSeat> kOfHost{
    "file_seat.of_host",
    "select {columns} from file_seat where ended = false and (host = '' or host = $1) order by id"};
const QueryOf<FileSeat> kOfWatch{"file_seat.of_watch",
                                 "select {columns} from file_seat where watch = $1 and host = $2 and ended = false"};
const Query kLockWatch{"file_watch.lock",
                       "select revision from file_watch where id = $1 and armed = true {for_update}"};
const Query kMake{"file_seat.make",
                  "insert into file_seat (watch, host, holder, beat, ended, settled, files, created, updated)"
                  " values ($1, $2, $3, 0, false, false, 0, $4, $4) on conflict do nothing"};
const Query kTake{"file_seat.take", "update file_seat set holder = $4, beat = beat + 1, updated = $5"
                                    " where id = $1 and holder = $2 and beat = $3 and ended = false"};
const Query kEnd{"file_seat.end", "update file_seat set ended = true, updated = $2 where id = $1"};
const Query kHold{"file_seat.hold", "update file_seat set beat = beat + 1 where holder = $1 and ended = false"};
const Query kHeld{"file_seat.held", "select id from file_seat where holder = $1 and ended = false"};
const Query kLeave{"file_seat.leave",
                   "update file_seat set holder = '', beat = beat + 1 where holder = $1 and ended = false"};
const Query kNote{"file_seat.note", "update file_seat set files = $3, trouble = $4, updated = $5, beat = beat + 1"
                                    " where id = $1 and holder = $2 and ended = false"};
const Query kEnded{"file_seat.ended", "select id from file_seat where ended = true order by id limit 1"};
const Query kForgetSeen{"file_seen.forget", "delete from file_seen where seat = $1 and path in"
                                            " (select path from file_seen where seat = $1 order by path limit $2)"};
const Query kForget{"file_seat.forget", "delete from file_seat where id = $1 and ended = true"};

/// Whether the watch is as it was read; it stays so until this transaction has ended. A change of it ends its seats: it
/// sees those that are made before it, and the others are not made.
Result<bool> still_holds(Session& session, const FileWatch& watch) {
    TRY(const auto revision, session.scalar<std::int64_t>(kLockWatch, watch.id));
    return revision == watch.revision;
}

} // namespace

Result<std::vector<FileSeat>> file_seats(Session& session, const std::string& host) {
    return session.all<FileSeat>(kOfHost, host);
}

Result<std::optional<FileSeat>> make_file_seat(Session& session, const FileWatch& watch, const std::string& host,
                                               const std::string& holder, Timestamp now) {
    TRY(const bool holds, still_holds(session, watch));
    if (!holds) return std::optional<FileSeat>{};
    TRY(const auto made, session.execute(kMake, watch.id, host, holder, now));
    if (made == 0) return std::optional<FileSeat>{};
    return session.find<FileSeat>(kOfWatch, watch.id, host);
}

Result<std::optional<FileSeat>> take_file_seat(Session& session, const FileWatch& watch, const FileSeat& seen,
                                               const std::string& holder, Timestamp now) {
    TRY(const bool holds, still_holds(session, watch));
    if (!holds) return std::optional<FileSeat>{};
    TRY(const auto taken, session.execute(kTake, seen.id, seen.holder, seen.beat, holder, now));
    if (taken == 0) return std::optional<FileSeat>{};
    if (!seen.settled) { // nobody knows which of its rows still hold
        CHECK(session.execute(kEnd, seen.id, now));
        CHECK(session.execute(kMake, watch.id, seen.host, holder, now));
    }
    return session.find<FileSeat>(kOfWatch, watch.id, seen.host);
}

Result<std::vector<FileSeatId>> hold_file_seats(Session& session, const std::string& holder) {
    CHECK(session.execute(kHold, holder));
    return session.column<FileSeatId>(kHeld, holder);
}

Result<Effects> leave_file_seats(Session& session, const std::string& holder) {
    Effects out;
    TRY(const auto left, session.execute(kLeave, holder));
    if (left > 0) out.ring(Topic::definitions);
    return out;
}

Result<std::int64_t> note_file_seat(Session& session, FileSeatId seat, const std::string& holder, std::int64_t files,
                                    const std::optional<std::string>& trouble, Timestamp now) {
    return session.execute(kNote, seat, holder, files, trouble, now);
}

Result<bool> has_ended_seats(Session& session) {
    TRY(const auto seat, session.scalar<FileSeatId>(kEnded));
    return seat.has_value();
}

Result<std::int64_t> forget_ended_seats(Session& session, std::int64_t limit) {
    TRY(const auto seat, session.scalar<FileSeatId>(kEnded));
    if (!seat) return std::int64_t{0};
    TRY(const auto forgotten, session.execute(kForgetSeen, *seat, limit));
    if (forgotten > 0) return forgotten;
    return session.execute(kForget, *seat);
}

} // namespace attune::flow
