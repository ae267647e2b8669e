#pragma once
// Of all sensors, one at a time watches for a rule, or one of each host: who has the seat. It is a lease, since files
// are watched between transactions; whoever loses it is fenced by the row, which every event of it is written with.
#include "domain/file_watch.hpp"
#include "flow/effects.hpp"
#include "flow/pack_lock.hpp"
#include "storage/session.hpp"

namespace attune::flow {

constexpr Duration kFileSeatLease = kPackLease; ///< and is watched as that of a pack's lock

/// The seats of this host, and of all hosts, that have not ended.
Result<std::vector<FileSeat>> file_seats(Session& session, const std::string& host);

/// Makes the seat of a watch that has none for this host (or, with an empty one, for all). Nothing when there is one,
/// or when the watch has changed.
Result<std::optional<FileSeat>> make_file_seat(Session& session, const FileWatch& watch, const std::string& host,
                                               const std::string& holder, Timestamp now);
/// Takes a seat that was left, or whose holder was lost. One that was not settled is made anew. Nothing when it is not
/// as it was seen, or when the watch has changed.
Result<std::optional<FileSeat>> take_file_seat(Session& session, const FileWatch& watch, const FileSeat& seen,
                                               const std::string& holder, Timestamp now);

/// Renews the holder's leases; the seats that it still has.
Result<std::vector<FileSeatId>> hold_file_seats(Session& session, const std::string& holder);
/// Leaves all seats of the holder to whoever comes.
Result<Effects> leave_file_seats(Session& session, const std::string& holder);

/// Says how a seat is. Nothing happens when it is another's by now.
Result<std::int64_t> note_file_seat(Session& session, FileSeatId seat, const std::string& holder, std::int64_t files,
                                    const std::optional<std::string>& trouble, Timestamp now);

/// Whether forget_ended_seats() has something to do.
Result<bool> has_ended_seats(Session& session);
/// Deletes what belongs to seats that have ended, about `limit` rows at once; how many.
Result<std::int64_t> forget_ended_seats(Session& session, std::int64_t limit);

} // namespace attune::flow
