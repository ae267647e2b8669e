#include "flow/executions.hpp"

#include "flow/tally.hpp"

namespace attune::flow {
namespace {

const InsertOf<Execution> kInsert{"execution.insert", "on conflict do nothing"};
const InsertOf<OutputChunk> kInsertOutput{"execution_output.insert", "on conflict do nothing"};

const QueryOf<Execution> kClaim{
    "execution.claim",
    "update execution set worker = $1, worker_epoch = $2, claim = claim + 1, updated = $3 where id in ("
    " select id from execution where placement = $4 and status = 'scheduled' and worker is null and action_ref <> "
    "'core.null' order by id limit $5 "
    "{skip_locked})"
    " and exists (select 1 from worker where id = $1 and epoch = $2 and cordoned = false"
    " and status <> 'inactive')"
    " returning {columns}"};
const Query kClaimable{"execution.claimable", "select id from execution where status = 'scheduled' and worker is null"
                                              " order by placement, id limit 1"};
const QueryOf<Execution> kClaimLeftOver{
    "execution.claim_left_over",
    "update execution set worker = $1, worker_epoch = $2, claim = claim + 1, updated = $3 where id in ("
    " select id from execution where placement = $4 and status = 'scheduled' and worker is null and action_ref <> "
    "'core.null' and scheduled_at <= $6 order by id limit $5 {skip_locked})"
    " and exists (select 1 from worker where id = $1 and epoch = $2 and cordoned = false"
    " and status <> 'inactive')"
    " returning {columns}"};
const QueryOf<Execution> kStranded{"execution.stranded",
                                   "select {columns} from execution where placement = $1 and status = 'scheduled'"
                                   " and worker is null and scheduled_at <= $2 order by id limit $3"};
const Query kFailUnschedulable{"execution.fail_unschedulable",
                               "update execution set status = 'failed', result = $2, finished_at = $3, updated = $3"
                               " where id = $1 and status = 'scheduled' and worker is null"};
// The action's ref is written so that no index on it looks better than that of what waits: history may be long.
const Query kCompleteNull{
    "execution.complete_null",
    "update execution set worker = $1, worker_epoch = $2, claim = claim + 1, status = 'completed', result = $6,"
    " started_at = $3, finished_at = $3, updated = $3 where id in ("
    " select id from execution where placement = $4 and status = 'scheduled' and worker is null"
    " and action_ref || '' = 'core.null' order by id limit $5 {skip_locked})"
    " and exists (select 1 from worker where id = $1 and epoch = $2 and cordoned = false"
    " and status <> 'inactive')"
    " returning id, overlap_rule"};
const Query kRelease{"execution.release",
                     "update execution set worker = null, worker_epoch = null, updated = $4"
                     " where id = $1 and worker = $2 and claim = $3 and status || '' = 'scheduled'"};
// A row that is `running` under this very claim was started by an earlier try whose answer was lost. The status is not
// asked for in the words of a partial index, so that PostgreSQL goes by the ids, and not by all that the index holds.
const Query kStart{"execution.start",
                   "update execution set status = 'running', started_at = $4, updated = $4"
                   " where id = $1 and worker = $2 and claim = $3 and status || '' in ('scheduled', 'running')"};
// The first condition on the status is that of the partial index, in its own words.
const QueryOf<Execution> kUnstarted{
    "execution.unstarted",
    "select {columns} from execution where worker = $1 and status in ('scheduled', 'running', 'canceling')"
    " and worker_epoch = $2 and status = 'scheduled' order by id"};
const Query kComplete{"execution.complete",
                      "update execution set status = $4, result = $5, started_at = $6, finished_at = $7, updated = $7"
                      " where id = $1 and worker = $2 and claim = $3 and status = $8"};
const Query kCompleteCancelled{"execution.complete_cancelled",
                               "update execution set status = 'cancelled', result = $4, finished_at = $5, updated = $5"
                               " where id = $1 and worker = $2 and claim = $3 and status || '' = 'canceling'"};
const Query kCancelWaiting{"execution.cancel_waiting",
                           "update execution set status = 'cancelled', result = $2, finished_at = $3, updated = $3"
                           " where id = $1 and status in ('requested', 'scheduling', 'scheduled')"};
const Query kCancelRunning{
    "execution.cancel_running",
    "update execution set status = 'canceling', updated = $2 where id = $1 and status = 'running'"};
const QueryOf<Execution> kGet{"execution.for_change", "select {columns} from execution where id = $1"};
const Query kDue{"execution.due",
                 "select id from execution where status in ('requested', 'scheduling') and waiting = false"
                 " and (due is null or due <= $1) order by id limit $2"};
const Query kNextDue{"execution.next_due",
                     "select min(due) from execution where status in ('requested', 'scheduling') and due > $1"};
const Query kSchedule{"execution.schedule", "update execution set status = 'scheduled', scheduled_at = $2, updated = $2"
                                            " where id = $1 and status || '' in ('requested', 'scheduling')"};

/// The fence of a worker's write: it still holds this claim.
void bind_fence(const Execution& held, std::vector<SqlValue>& values) {
    values.push_back(to_sql(held.id));
    values.push_back(to_sql(held.worker));
    values.push_back(to_sql(held.claim));
}

/// The result of a process that ended on its own while its cancellation was on the way.
json::value as_cancelled(json::value result) {
    if (auto* object = result.if_object()) {
        (*object)["succeeded"] = false;
        (*object)["cancelled"] = true;
        if (!object->contains("error")) (*object)["error"] = "Execution cancelled by user";
    }
    return result;
}

/// Those that no row took because they are being cancelled, appended to `written`.
Result<void> complete_cancelled(Session& session, std::span<const Completion> all, std::vector<std::size_t>& written) {
    std::vector<bool> done(all.size());
    for (const auto i : written) done[i] = true;
    std::vector<std::size_t> rest;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!done[i]) rest.push_back(i);
    }
    if (rest.empty()) return {};
    const Session::RowSource row = [&](std::size_t i, std::vector<SqlValue>& values) {
        const auto& one = all[rest[i]];
        bind_fence(one.execution, values);
        values.push_back(to_sql(as_cancelled(one.result)));
        values.push_back(to_sql(one.finished_at));
    };
    TRY(const auto changed, session.run_many(kCompleteCancelled, rest.size(), row));
    for (const auto i : changed) written.push_back(rest[i]);
    return {};
}

/// The count and the output of those written, and retries of those that ended as their process said.
Result<void> write_consequences(Session& session, std::span<const Completion> all,
                                const std::vector<std::size_t>& written, std::size_t as_said) {
    std::vector<OutputChunk> chunks;
    std::vector<Execution> retries;
    std::vector<SealedValue> secrets;
    Endings endings(all.empty() ? 0 : all.front().execution.worker.value_or(WorkerId{}).value);
    for (std::size_t n = 0; n < written.size(); ++n) {
        const auto& one = all[written[n]];
        endings.add(one.execution.action_ref, n < as_said ? one.status : ExecutionStatus::cancelled);
        chunks.insert(chunks.end(), one.output.begin(), one.output.end());
        secrets.insert(secrets.end(), one.secrets.begin(), one.secrets.end());
        if (n < as_said && one.retry) retries.push_back(*one.retry);
    }
    CHECK(count_ended(session, endings));
    if (!chunks.empty()) CHECK(append_output(session, chunks));
    if (!retries.empty()) CHECK(insert_executions(session, retries));
    return store_sealed(session, secrets);
}

} // namespace

Result<std::vector<std::size_t>> insert_executions(Session& session, std::span<const Execution> executions) {
    TRY(auto inserted, session.insert_many<Execution>(kInsert, executions));
    Endings endings; // one may be over from the start
    for (const auto i : inserted) {
        if (is_final(executions[i].status)) endings.add(executions[i].action_ref, executions[i].status);
    }
    CHECK(count_ended(session, endings));
    return inserted;
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

Result<std::vector<ExecutionId>> fail_unschedulable(Session& session, std::span<const Execution> stranded,
                                                    std::string_view message, Timestamp now) {
    const Session::RowSource row = [&](std::size_t i, std::vector<SqlValue>& values) {
        const json::value result = json::object{{"error", "Execution is unschedulable"},
                                                {"message", json::string(message)},
                                                {"action_ref", json::string(stranded[i].action_ref)},
                                                {"failed_by", "execution_scheduler"},
                                                {"failed_at", json::string(format_timestamp(now))}};
        values.push_back(to_sql(stranded[i].id));
        values.push_back(to_sql(result));
        values.push_back(to_sql(now));
    };
    TRY(const auto failed, session.run_many(kFailUnschedulable, stranded.size(), row));
    std::vector<ExecutionId> out;
    Endings endings;
    for (const auto i : failed) {
        out.push_back(stranded[i].id);
        endings.add(stranded[i].action_ref, ExecutionStatus::failed);
    }
    CHECK(count_ended(session, endings));
    return out;
}

Result<std::vector<Execution>> unstarted_executions(Session& session, Claimant claimant) {
    return session.all<Execution>(kUnstarted, claimant.worker, claimant.epoch);
}

Result<NullRuns> complete_null(Session& session, Claimant claimant, PlacementId placement, std::int64_t limit,
                               Timestamp now) {
    static const json::value kNothing = json::object{{"succeeded", true}, {"exit_code", 0}, {"duration_ms", 0}};
    NullRuns out;
    const Session::RowSink sink = [&](const Row& row) -> Result<void> {
        out.done.push_back(ExecutionId{row.integer(0)});
        out.frees_a_rule = out.frees_a_rule || !row.is_null(1);
        return {};
    };
    CHECK(session.each(kCompleteNull, sink, claimant.worker, claimant.epoch, now, placement, limit, kNothing));
    Endings endings(claimant.worker.value);
    endings.add("core.null", ExecutionStatus::completed, static_cast<std::int64_t>(out.done.size()));
    CHECK(count_ended(session, endings));
    return out;
}

Result<void> release_executions(Session& session, Claimant, std::span<const Execution> claimed, Timestamp now) {
    const Session::RowSource row = [&](std::size_t i, std::vector<SqlValue>& values) {
        bind_fence(claimed[i], values);
        values.push_back(to_sql(now));
    };
    CHECK(session.run_many(kRelease, claimed.size(), row));
    return {};
}

Result<std::vector<std::size_t>> start_executions(Session& session, std::span<const Execution> claimed, Timestamp now) {
    const Session::RowSource row = [&](std::size_t i, std::vector<SqlValue>& values) {
        bind_fence(claimed[i], values);
        values.push_back(to_sql(now));
    };
    return session.run_many(kStart, claimed.size(), row);
}

Result<std::vector<std::size_t>> complete_executions(Session& session, std::span<const Completion> completions) {
    const Session::RowSource row = [&](std::size_t i, std::vector<SqlValue>& values) {
        const auto& one = completions[i];
        bind_fence(one.execution, values);
        values.push_back(to_sql(one.status));
        values.push_back(to_sql(one.result));
        values.push_back(to_sql(one.started_at));
        values.push_back(to_sql(one.finished_at));
        values.push_back(SqlValue::text(one.from_claim ? "scheduled" : "running"));
    };
    TRY(auto written, session.run_many(kComplete, completions.size(), row));
    const auto as_said = written.size();
    CHECK(complete_cancelled(session, completions, written));
    CHECK(write_consequences(session, completions, written, as_said));
    return written;
}

Result<void> append_output(Session& session, std::span<const OutputChunk> chunks) {
    CHECK(session.insert_many<OutputChunk>(kInsertOutput, chunks));
    return {};
}

Result<CancelOutcome> cancel_execution(Session& session, ExecutionId id, Timestamp now, std::string_view reason) {
    const json::value waiting_result = json::object{{"error", json::string(reason)}};
    TRY(const auto waiting, session.execute(kCancelWaiting, id, waiting_result, now));
    std::int64_t running = 0;
    if (waiting == 0) {
        TRY(running, session.execute(kCancelRunning, id, now));
    }
    TRY(auto execution, session.find<Execution>(kGet, id));
    if (!execution) return Error{Errc::not_found, fmt::format("Execution {} not found", id.value)};
    Endings endings(id.value);
    endings.add(execution->action_ref, ExecutionStatus::cancelled, waiting);
    CHECK(count_ended(session, endings));
    const bool changed = waiting + running > 0;
    if (!changed && execution->status != ExecutionStatus::canceling) {
        return Error{Errc::conflict,
                     fmt::format("Execution {} is over already: it is {}", id.value, enum_name(execution->status))};
    }
    return CancelOutcome{*std::move(execution), changed};
}

Result<std::vector<ExecutionId>> due_executions(Session& session, Timestamp now, std::int64_t limit) {
    return session.column<ExecutionId>(kDue, now, limit);
}

Result<std::optional<Timestamp>> next_due(Session& session, Timestamp now) {
    TRY(const auto due, session.scalar<std::optional<Timestamp>>(kNextDue, now));
    return due.value_or(std::nullopt);
}

Result<std::int64_t> schedule_executions(Session& session, std::span<const ExecutionId> ids, Timestamp now) {
    const Session::RowSource row = [&](std::size_t i, std::vector<SqlValue>& values) {
        values.push_back(to_sql(ids[i]));
        values.push_back(to_sql(now));
    };
    TRY(const auto changed, session.run_many(kSchedule, ids.size(), row));
    return static_cast<std::int64_t>(changed.size());
}

} // namespace attune::flow
