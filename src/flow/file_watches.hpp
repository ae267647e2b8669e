#pragma once
// What rules want to be watched. Sensors read it; src/flow/file_seats.hpp says who does it.
#include "domain/file_watch.hpp"
#include "domain/rule.hpp"
#include "storage/session.hpp"

namespace attune::flow {

/// Arms, changes or disarms the watch that `rule` needs or needs no more, in the transaction of the change. Armed anew,
/// it starts from now.
Result<void> sync_rule_file_watch(Session& session, const Rule& rule, Timestamp now);
/// A trigger has no watch of its own.
Result<void> sync_trigger_file_watch(Session& session, std::string_view trigger_ref, Timestamp now);
/// Removes the watch of a rule that is deleted.
Result<void> drop_rule_file_watch(Session& session, RuleId rule, Timestamp now);

/// Two numbers that change with whatever changes of watches, and cost one look at an index.
struct FileWatchSum {
    std::int64_t count = 0;
    std::int64_t generation = 0; ///< the greatest of them
    bool operator==(const FileWatchSum&) const = default;
};
Result<FileWatchSum> file_watch_sum(Session& session);

/// Those that are armed, by id.
Result<std::vector<FileWatch>> armed_file_watches(Session& session);

/// Watches that a part of is not watched, for people: the trouble of their seats.
struct TroubledWatch {
    std::string rule_ref;
    std::string host; ///< empty: of all hosts
    std::string trouble;
};
ATTUNE_STRUCT(TroubledWatch);
Result<std::vector<TroubledWatch>> troubled_file_watches(Session& session, std::int64_t limit);

} // namespace attune::flow
