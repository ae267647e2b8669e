#include "flow/file_changes.hpp"

#include "base/text.hpp"
#include "flow/events.hpp"
#include "logic/watch/path_text.hpp"

namespace attune::flow {
namespace {

using logic::watch::Change;
using logic::watch::ChangeKind;

constexpr std::string_view kSensorRef = "core.file_sensor";

struct SeenFile {
    FileSeatId seat;
    std::string path;
    std::int64_t inode = 0;
    std::int64_t born = 0;
    std::int64_t size = 0;
    std::int64_t modified = 0;
};
ATTUNE_ROW(SeenFile, "file_seen", seat, path, inode, born, size, modified);

const Query kOwn{"file_seat.own",
                 "update file_seat set beat = beat + 1 where id = $1 and holder = $2 and ended = false"};
const Query kSettle{"file_seat.settle",
                    "update file_seat set settled = true where id = $1 and holder = $2 and ended = false"};
const InsertOf<SeenFile> kRemember{"file_seen.remember", "on conflict do nothing"};
const Query kForgetPath{"file_seen.forget_path", "delete from file_seen where seat = $1 and path = $2"};
const Query kForgetMoved{"file_seen.forget_moved",
                         "delete from file_seen where seat = $1 and path = $2 and inode = $3 and born = $4"};
const QueryOf<SeenFile> kPage{"file_seen.page", "select {columns} from file_seen where seat = $1 and path > $2"
                                                " order by path limit $3"};

SeenFile seen_file(FileSeatId seat, const std::string& path, const FileState& state) {
    return {seat, logic::watch::path_to_text(path), state.inode, state.born, state.size, state.modified};
}

Timestamp timestamp(std::int64_t nanoseconds) {
    return Timestamp{std::chrono::floor<Duration>(std::chrono::nanoseconds{nanoseconds})};
}

/// The same as logic::watch::apply(), to the rows.
Result<void> remember(Session& session, FileSeatId seat, std::span<const Change> changes) {
    std::vector<SeenFile> paths;
    std::vector<SeenFile> moved;
    std::vector<SeenFile> there;
    for (const auto& one : changes) {
        paths.push_back(seen_file(seat, one.path, one.state));
        if (one.old_path) moved.push_back(seen_file(seat, *one.old_path, one.state));
        if (one.kind != ChangeKind::deleted) there.push_back(paths.back());
    }
    const Session::RowSource path_of = [&](std::size_t i, std::vector<SqlValue>& values) {
        values.push_back(to_sql(seat));
        values.push_back(to_sql(paths[i].path));
    };
    CHECK(session.run_many(kForgetPath, paths.size(), path_of));
    const Session::RowSource old_of = [&](std::size_t i, std::vector<SqlValue>& values) {
        values.push_back(to_sql(seat));
        values.push_back(to_sql(moved[i].path));
        values.push_back(to_sql(moved[i].inode));
        values.push_back(to_sql(moved[i].born));
    };
    CHECK(session.run_many(kForgetMoved, moved.size(), old_of));
    CHECK(session.insert_many<SeenFile>(kRemember, there));
    return {};
}

} // namespace

Event file_event(const FileWatch& watch, const Change& change, const std::string& absolute,
                 const std::optional<std::string>& old_absolute, const std::string& host, Timestamp now) {
    json::object payload{{"path", to_valid_utf8(absolute)},
                         {"name", to_valid_utf8(absolute.substr(absolute.rfind('/') + 1))},
                         {"kind", json::string(enum_name(change.kind))}};
    if (old_absolute) payload["old_path"] = to_valid_utf8(*old_absolute);
    payload["size"] = change.state.size;
    payload["modified"] = format_timestamp(timestamp(change.state.modified));
    payload["noticed"] = format_timestamp(now);
    payload["caught_up"] = change.caught_up;
    payload["host"] = host;
    Event event;
    event.trigger_ref = watch.trigger_ref;
    event.payload = std::move(payload);
    event.source_ref = kSensorRef;
    event.rule = watch.rule;
    event.rule_ref = watch.rule_ref;
    event.created = now;
    return event;
}

Result<Changed<bool>> tell_file_changes(Session& session, const FileNews& news) {
    Changed<bool> out;
    TRY(const auto own, session.execute(kOwn, news.seat, news.holder));
    out.value = own > 0;
    if (!out.value) return out;
    TRY(auto recorded, record_events(session, news.events));
    out.effects += std::move(recorded.effects);
    CHECK(remember(session, news.seat, news.changes));
    return out;
}

Result<bool> remember_files(Session& session, FileSeatId seat, const std::string& holder, FilePortion files,
                            bool settled) {
    TRY(const auto own, session.execute(kOwn, seat, holder));
    if (own == 0) return false;
    std::vector<SeenFile> rows;
    for (const auto* one : files) rows.push_back(seen_file(seat, one->first, one->second));
    CHECK(session.insert_many<SeenFile>(kRemember, rows));
    if (settled) CHECK(session.execute(kSettle, seat, holder));
    return true;
}

Result<RememberedFiles> remembered_files(Session& session, FileSeatId seat, const std::string& after,
                                         std::int64_t limit) {
    TRY(const auto rows, session.all<SeenFile>(kPage, seat, after, limit));
    RememberedFiles out;
    for (const auto& row : rows) {
        out.files.emplace(logic::watch::path_from_text(row.path),
                          FileState{row.inode, row.born, row.size, row.modified});
    }
    if (static_cast<std::int64_t>(rows.size()) == limit) out.next = rows.back().path;
    return out;
}

} // namespace attune::flow
