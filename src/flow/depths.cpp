#include "flow/depths.hpp"

#include "flow/status_sql.hpp"
#include "flow/timers.hpp"

namespace attune::flow {
namespace {

const Query kUndecided{"event.count_undecided",
                       "select count(*) from (select 1 from event where decided_at is null limit $1) x"};
const Query kUnfinished{
    "execution.count_unfinished",
    fmt::format("select count(*) from (select 1 from execution where {} and status = $1 limit $2) x",
                sql::unfinished())};

} // namespace

Result<Depths> depths(Session& session) {
    Depths out;
    TRY(const auto undecided, session.scalar<std::int64_t>(kUndecided, kMostCounted));
    out.undecided_events = undecided.value_or(0);
    for (const auto status : logic::execution::unfinished().members()) {
        TRY(const auto count, session.scalar<std::int64_t>(kUnfinished, status, kMostCounted));
        out.unfinished.push_back({status, count.value_or(0)});
    }
    TRY(const auto unarmed, unarmed_timers(session, 0));
    out.unarmed_timers = unarmed.count;
    return out;
}

} // namespace attune::flow
