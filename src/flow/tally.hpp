#pragma once
#include "domain/execution.hpp"
#include "storage/session.hpp"

#include <map>

namespace attune::flow {

/// How executions of which action ended, to be counted in the transaction that ends them: so the count is right after
/// any crash or rollback. Kept by action and state, in ascending order (rows are locked in it). Each count is the sum
/// of several rows, so that those who write at the same time do not wait for each other's commits: `writer` is any
/// number that tells them apart, such as the worker's id.
class Tally {
public:
    static constexpr std::int64_t kShards = 16;

    explicit Tally(std::int64_t writer = 0) : shard_(writer % kShards) {}
    void add(const std::string& action_ref, ExecutionStatus status, std::int64_t number = 1) {
        if (number > 0) of_[{action_ref, std::string(enum_name(status))}] += number;
    }
    const std::map<std::pair<std::string, std::string>, std::int64_t>& all() const { return of_; }
    std::int64_t shard() const { return shard_; }

private:
    std::int64_t shard_;
    std::map<std::pair<std::string, std::string>, std::int64_t> of_;
};

/// Counts executions that have just ended: one of the consequences in settle.cpp.
Result<void> count_ended(Session& session, const Tally& ended);
/// Counts ended executions that retention deletes.
Result<void> count_forgotten(Session& session, const Tally& forgotten);

/// Executions by state. `ended`: also those that retention has deleted since.
struct StatusCount {
    ExecutionStatus status = ExecutionStatus::requested;
    std::int64_t stored = 0;
    std::int64_t ever = 0;
};
ATTUNE_STRUCT(StatusCount);

/// All executions, or those of one action, without reading those that have ended.
Result<std::vector<StatusCount>> count_executions(Session& session);
Result<std::vector<StatusCount>> count_executions_of(Session& session, std::string_view action_ref);
/// When the oldest of an action's executions that have not started was made.
Result<std::optional<Timestamp>> oldest_waiting(Session& session, std::string_view action_ref);

} // namespace attune::flow
