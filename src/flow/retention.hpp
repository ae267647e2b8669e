#pragma once
// Retention: deleting history that is old and over. Nothing unfinished is ever deleted: not an undecided event, not a
// running execution, nor what led to it.
#include "domain/execution.hpp"
#include "storage/session.hpp"

namespace attune::flow {

/// What retention deletes, in the order in which it does: an execution goes after its output.
enum class History : std::uint8_t { output, executions, enforcements, events, audit, webhook_hits };
ATTUNE_ENUM(History, output, executions, enforcements, events, audit, webhook_hits)

/// A row of history as retention sees it; what one kind does not have is empty.
struct HistoryRow {
    std::int64_t id = 0;              ///< of output: the execution's
    Timestamp created;                ///< of output: when its execution was made
    std::int64_t size = 0;            ///< characters of its JSON and text
    std::optional<TimerId> timer;     ///< of a firing ...
    std::optional<Timestamp> nominal; ///< ... and which one
    std::optional<std::string> action_ref;
    std::optional<ExecutionStatus> status;
    std::string stream; ///< of output, with `position`: the rest of its key
    std::int64_t position = 0;
};
ATTUNE_STRUCT(HistoryRow);

/// Rows behind `after` in the order of their keys, which is about that of their making.
Result<std::vector<HistoryRow>> history_after(Session& session, History kind, const HistoryRow& after,
                                              std::int64_t limit);

/// Deletes those of the rows that are over and older than `before`; how many. In the same transaction it counts the
/// executions, and records for each timer the greatest nominal time that is forgotten: nothing up to it fires again.
Result<std::int64_t> forget(Session& session, History kind, std::span<const HistoryRow> rows, Timestamp before);

/// Since when retention deletes nothing, because the clock jumped forward then; nothing: it may.
Result<std::optional<Timestamp>> retention_hold(Session& session);
Result<void> set_retention_hold(Session& session, std::optional<Timestamp> since);

} // namespace attune::flow
