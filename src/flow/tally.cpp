#include "flow/tally.hpp"

#include "flow/status_sql.hpp"

namespace attune::flow {

ATTUNE_FIELDS(StatusCount, status, stored, ever);

namespace {

const Query kEnded{
    "execution_tally.ended",
    "insert into execution_tally (action_ref, status, shard, ended, forgotten) values ($1, $2, $3, $4, 0)"
    " on conflict (action_ref, status, shard) do update set ended = execution_tally.ended + excluded.ended"};
const Query kForgotten{
    "execution_tally.forgotten",
    "insert into execution_tally (action_ref, status, shard, ended, forgotten) values ($1, $2, $3, 0, $4)"
    " on conflict (action_ref, status, shard) do update set forgotten = execution_tally.forgotten + "
    "excluded.forgotten"};

// The ref is compared as an expression, so that no index over all of an action's executions looks better.
const Query kCount{"execution.count_by_status",
                   fmt::format("select status, count(*) as stored, count(*) as ever from execution where {0} group by"
                               " status union all select status, cast(sum(ended - forgotten) as bigint),"
                               " cast(sum(ended) as bigint) from execution_tally group by status",
                               sql::unfinished())};
const Query kCountOf{"execution.count_by_status_of",
                     fmt::format("select status, count(*) as stored, count(*) as ever from execution where {0} and"
                                 " action_ref || '' = $1 group by status union all select status,"
                                 " cast(sum(ended - forgotten) as bigint), cast(sum(ended) as bigint)"
                                 " from execution_tally where action_ref = $1 group by status",
                                 sql::unfinished())};
// Ids ascend as executions are made, but for those of processes that race.
const Query kOldestWaiting{
    "execution.oldest_waiting",
    fmt::format("select created from execution where id = (select min(id) from execution where {} and {}"
                " and action_ref || '' = $1)",
                sql::unfinished(), sql::status_in(logic::execution::unstarted()))};

Result<void> count(Session& session, const Query& query, const Tally& tally) {
    for (const auto& [key, number] : tally.all())
        CHECK(session.execute(query, key.first, key.second, tally.shard(), number));
    return {};
}

} // namespace

Result<void> count_ended(Session& session, const Tally& ended) {
    return count(session, kEnded, ended);
}

Result<void> count_forgotten(Session& session, const Tally& forgotten) {
    return count(session, kForgotten, forgotten);
}

Result<std::vector<StatusCount>> count_executions(Session& session) {
    return session.all<StatusCount>(kCount);
}

Result<std::vector<StatusCount>> count_executions_of(Session& session, std::string_view action_ref) {
    return session.all<StatusCount>(kCountOf, action_ref);
}

Result<std::optional<Timestamp>> oldest_waiting(Session& session, std::string_view action_ref) {
    return session.scalar<Timestamp>(kOldestWaiting, action_ref);
}

} // namespace attune::flow
