#pragma once
// What was told of files: events, and what is remembered of each file for whoever watches next. Both change in one
// transaction, together with the seat of whoever does it.
#include "domain/event.hpp"
#include "domain/file_watch.hpp"
#include "flow/effects.hpp"
#include "logic/watch/changes.hpp"
#include "storage/session.hpp"

namespace attune::flow {

/// The event of a change, without its id. `host`: where the file is.
Event file_event(const FileWatch& watch, const logic::watch::Change& change, const std::string& absolute,
                 const std::optional<std::string>& old_absolute, const std::string& host, Timestamp now);

/// Some changes of the files of one seat.
struct FileNews {
    FileSeatId seat;
    std::string holder;
    std::span<const logic::watch::Change> changes; ///< what is remembered; empty: nothing is
    std::span<const Event> events;                 ///< with their ids: the same ones if it has to be told again
};
/// False, and nothing is written, when the seat is another's by now, or has ended.
Result<Changed<bool>> tell_file_changes(Session& session, const FileNews& news);

/// Remembers files that are there as told. With `settled`, what is not remembered by now has changed since. False as
/// above.
using FilePortion = std::span<const FileStates::value_type* const>;
Result<bool> remember_files(Session& session, FileSeatId seat, const std::string& holder, FilePortion files,
                            bool settled);

/// A page of what is remembered.
struct RememberedFiles {
    FileStates files;
    std::string next; ///< what the next page comes after; empty: this was the last
};
Result<RememberedFiles> remembered_files(Session& session, FileSeatId seat, const std::string& after,
                                         std::int64_t limit);

} // namespace attune::flow
