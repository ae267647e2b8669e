#include "flow/executions.hpp"

#include "domain/execution.hpp"
#include "flow/status_sql.hpp"

namespace attune::flow {
namespace {

namespace life = logic::execution;

const InsertOf<Execution> kInsert{"execution.insert", "on conflict do nothing"};
const InsertOf<OutputChunk> kInsertOutput{"execution_output.insert", "on conflict do nothing"};

// The conditions on the status are those of the partial indices, in their own words.
const QueryOf<Execution> kClaim{
    "execution.claim",
    fmt::format("update execution set worker = $1, worker_epoch = $2, claim = claim + 1, updated = $3 where id in ("
                " select id from execution where placement = $4 and {} order by id limit $5 {{skip_locked}})"
                " and exists (select 1 from worker where id = $1 and epoch = $2 and cordoned = false"
                " and status <> 'inactive')"
                " returning {{columns}}",
                sql::claimable())};
const Query kClaimable{
    "execution.claimable",
    fmt::format("select id from execution where {} order by placement, id limit 1", sql::claimable())};
const QueryOf<Execution> kClaimLeftOver{
    "execution.claim_left_over",
    fmt::format("update execution set worker = $1, worker_epoch = $2, claim = claim + 1, updated = $3 where id in ("
                " select id from execution where placement = $4 and {} and scheduled_at <= $6 order by id limit $5"
                " {{skip_locked}})"
                " and exists (select 1 from worker where id = $1 and epoch = $2 and cordoned = false"
                " and status <> 'inactive')"
                " returning {{columns}}",
                sql::claimable())};
const QueryOf<Execution> kStranded{"execution.stranded",
                                   fmt::format("select {{columns}} from execution where placement = $1 and {}"
                                               " and scheduled_at <= $2 order by id limit $3",
                                               sql::claimable())};
const Query kRelease{"execution.release",
                     fmt::format("update execution set worker = null, worker_epoch = null, updated = $4"
                                 " where id = $1 and worker = $2 and claim = $3 and {}",
                                 sql::status_is(ExecutionStatus::scheduled, sql::kNoIndex))};
// A row that is `running` under this very claim was started by an earlier try whose answer was lost. The status is not
// asked for in the words of a partial index, so that PostgreSQL goes by the ids, and not by all that the index holds.
const Query kStart{"execution.start",
                   fmt::format("update execution set status = 'running', started_at = $4, updated = $4"
                               " where id = $1 and worker = $2 and claim = $3 and {}",
                               sql::status_in((life::before(ExecutionStatus::running) & life::holdable()) |
                                                  life::StatusSet{ExecutionStatus::running},
                                              sql::kNoIndex))};
// The first condition on the status is that of the partial index.
const QueryOf<Execution> kUnstarted{"execution.unstarted",
                                    fmt::format("select {{columns}} from execution where worker = $1 and {}"
                                                " and worker_epoch = $2 and {} order by id",
                                                sql::holdable(), sql::status_is(ExecutionStatus::scheduled))};
const Query kDue{"execution.due", fmt::format("select id from execution where {} and waiting = false"
                                              " and (due is null or due <= $1) order by id limit $2",
                                              sql::pending())};
const Query kNextDue{"execution.next_due",
                     fmt::format("select min(due) from execution where {} and due > $1", sql::pending())};
const Query kSchedule{"execution.schedule",
                      fmt::format("update execution set status = 'scheduled', scheduled_at = $2, updated = $2"
                                  " where id = $1 and {}",
                                  sql::status_in(life::before(ExecutionStatus::scheduled), sql::kNoIndex))};

} // namespace

Result<Changed<std::vector<std::size_t>>> insert_executions(Session& session, std::span<const Execution> executions) {
    for (const auto& one : executions) CHECK(life::check_birth(one.status));
    Changed<std::vector<std::size_t>> out;
    TRY(out.value, session.insert_many<Execution>(kInsert, executions));
    for (const auto i : out.value) {
        const auto& one = executions[i];
        if (one.status == ExecutionStatus::scheduled) {
            out.effects.ring(Topic::scheduled);
        } else {
            out.effects.ring(Topic::requested, one.id);
        }
        out.effects.ring(Topic::executions, one.id);
    }
    return out;
}

void bind_fence(const Execution& held, std::vector<SqlValue>& values) {
    values.push_back(to_sql(held.id));
    values.push_back(to_sql(held.worker));
    values.push_back(to_sql(held.claim));
}

Result<std::vector<Execution>> claim_executions(Session& session, Claimant claimant,
                                                std::span<const PlacementId> placements, std::int64_t limit,
                                                Timestamp now) {
    std::vector<Execution> claimed;
    for (const auto placement : placements) {
        const auto left = limit - static_cast<std::int64_t>(claimed.size());
        if (left <= 0) break;
        TRY(auto some, session.all<Execution>(kClaim, claimant.worker, claimant.epoch, now, placement, left));
        std::move(some.begin(), some.end(), std::back_inserter(claimed));
    }
    std::ranges::sort(claimed, {}, &Execution::id);
    return claimed;
}

Result<bool> has_claimable(Session& session) {
    TRY(const auto one, session.column<ExecutionId>(kClaimable));
    return !one.empty();
}

Result<std::vector<Execution>> claim_left_over(Session& session, Claimant claimant,
                                               std::span<const PlacementId> placements, std::int64_t limit,
                                               Timestamp now, Duration patience) {
    std::vector<Execution> claimed;
    for (const auto placement : placements) {
        const auto left = limit - static_cast<std::int64_t>(claimed.size());
        if (left <= 0) break;
        TRY(auto some, session.all<Execution>(kClaimLeftOver, claimant.worker, claimant.epoch, now, placement, left,
                                              now - patience));
        std::move(some.begin(), some.end(), std::back_inserter(claimed));
    }
    return claimed;
}

Result<std::vector<Execution>> stranded_executions(Session& session, PlacementId placement, Timestamp before,
                                                   std::int64_t limit) {
    return session.all<Execution>(kStranded, placement, before, limit);
}

Result<std::vector<Execution>> unstarted_executions(Session& session, Claimant claimant) {
    return session.all<Execution>(kUnstarted, claimant.worker, claimant.epoch);
}

Result<void> release_executions(Session& session, Claimant, std::span<const Execution> claimed, Timestamp now) {
    const Session::RowSource row = [&](std::size_t i, std::vector<SqlValue>& values) {
        bind_fence(claimed[i], values);
        values.push_back(to_sql(now));
    };
    CHECK(session.run_many(kRelease, claimed.size(), row));
    return {};
}

Result<Changed<std::vector<std::size_t>>> start_executions(Session& session, std::span<const Execution> claimed,
                                                           Timestamp now) {
    const Session::RowSource row = [&](std::size_t i, std::vector<SqlValue>& values) {
        bind_fence(claimed[i], values);
        values.push_back(to_sql(now));
    };
    Changed<std::vector<std::size_t>> out;
    TRY(out.value, session.run_many(kStart, claimed.size(), row));
    for (const auto i : out.value) out.effects.ring(Topic::executions, claimed[i].id);
    return out;
}

Result<void> append_output(Session& session, std::span<const OutputChunk> chunks) {
    CHECK(session.insert_many<OutputChunk>(kInsertOutput, chunks));
    return {};
}

Result<std::vector<ExecutionId>> due_executions(Session& session, Timestamp now, std::int64_t limit) {
    return session.column<ExecutionId>(kDue, now, limit);
}

Result<std::optional<Timestamp>> next_due(Session& session, Timestamp now) {
    TRY(const auto due, session.scalar<std::optional<Timestamp>>(kNextDue, now));
    return due.value_or(std::nullopt);
}

Result<Changed<std::size_t>> schedule_executions(Session& session, std::span<const ExecutionId> ids, Timestamp now) {
    const Session::RowSource row = [&](std::size_t i, std::vector<SqlValue>& values) {
        values.push_back(to_sql(ids[i]));
        values.push_back(to_sql(now));
    };
    TRY(const auto changed, session.run_many(kSchedule, ids.size(), row));
    Changed<std::size_t> out{changed.size(), {}};
    for (const auto i : changed) out.effects.ring(Topic::executions, ids[i]);
    if (!changed.empty()) out.effects.ring(Topic::scheduled);
    out.effects.count(Metric::executions_scheduled, changed.size());
    return out;
}

} // namespace attune::flow
