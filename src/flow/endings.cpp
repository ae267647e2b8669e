#include "flow/endings.hpp"

#include "domain/execution.hpp"
#include "flow/settle.hpp"
#include "flow/status_sql.hpp"
#include "logic/execution/ending.hpp"

namespace attune::flow {
namespace {

namespace life = logic::execution;

const Query kFailUnschedulable{
    "execution.fail_unschedulable",
    fmt::format("update execution set status = 'failed', result = $2, finished_at = $3, updated = $3"
                " where id = $1 and {}",
                sql::claimable())};
const Query kCompleteWithoutProcess{
    "execution.complete_without_process",
    fmt::format("update execution set worker = $1, worker_epoch = $2, claim = claim + 1, status = 'completed',"
                " result = $6, started_at = $3, finished_at = $3, updated = $3 where id in ("
                " select id from execution where placement = $4 and {} order by id limit $5 {{skip_locked}})"
                " and exists (select 1 from worker where id = $1 and epoch = $2 and cordoned = false"
                " and status <> 'inactive')"
                " returning id, action_ref, overlap_rule",
                sql::claimable())};
// By the ids: not in the words of an index on the status.
const Query kComplete{
    "execution.complete",
    fmt::format("update execution set status = $4, result = $5, started_at = $6, finished_at = $7, updated = $7"
                " where id = $1 and worker = $2 and claim = $3 and {}",
                sql::status_is(ExecutionStatus::running, sql::kNoIndex))};
const Query kCompleteCancelled{
    "execution.complete_cancelled",
    fmt::format("update execution set status = 'cancelled', result = $4, finished_at = $5, updated = $5"
                " where id = $1 and worker = $2 and claim = $3 and {}",
                sql::status_is(ExecutionStatus::canceling, sql::kNoIndex))};
const Query kCancelWaiting{
    "execution.cancel_waiting",
    fmt::format("update execution set status = 'cancelled', result = $2, finished_at = $3, updated = $3"
                " where id = $1 and {}",
                sql::status_in(life::before(ExecutionStatus::cancelled) & life::unstarted()))};
const Query kCancelRunning{"execution.cancel_running",
                           fmt::format("update execution set status = 'canceling', updated = $2 where id = $1 and {}",
                                       sql::status_in(life::before(ExecutionStatus::canceling)))};
const QueryOf<Execution> kGet{"execution.for_change", "select {columns} from execution where id = $1"};

Ending ending_of(const Execution& execution, ExecutionStatus status) {
    return {.id = execution.id,
            .action_ref = execution.action_ref,
            .status = status,
            .overlap_rule = execution.overlap_rule};
}

Ending ending_of(const Completion& one, bool as_said) {
    auto out = ending_of(one.execution, as_said ? one.status : ExecutionStatus::cancelled);
    out.output = one.output;
    out.secrets = one.secrets;
    if (as_said && one.retry) out.retry = &*one.retry;
    return out;
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
        values.push_back(to_sql(life::as_cancelled(one.result)));
        values.push_back(to_sql(one.finished_at));
    };
    TRY(const auto changed, session.run_many(kCompleteCancelled, rest.size(), row));
    for (const auto i : changed) written.push_back(rest[i]);
    return {};
}

} // namespace

Result<Changed<std::vector<std::size_t>>> complete_executions(Session& session,
                                                              std::span<const Completion> completions) {
    for (const auto& one : completions) CHECK(life::check_change(ExecutionStatus::running, one.status));
    const Session::RowSource row = [&](std::size_t i, std::vector<SqlValue>& values) {
        const auto& one = completions[i];
        bind_fence(one.execution, values);
        values.push_back(to_sql(one.status));
        values.push_back(to_sql(one.result));
        values.push_back(to_sql(one.started_at));
        values.push_back(to_sql(one.finished_at));
    };
    TRY(auto written, session.run_many(kComplete, completions.size(), row));
    const auto as_said = written.size();
    CHECK(complete_cancelled(session, completions, written));
    std::vector<Ending> endings;
    for (std::size_t n = 0; n < written.size(); ++n) endings.push_back(ending_of(completions[written[n]], n < as_said));
    const auto writer = completions.empty() ? WorkerId{} : completions.front().execution.worker.value_or(WorkerId{});
    TRY(auto effects, settle(session, endings, writer.value));
    return Changed{std::move(written), std::move(effects)};
}

Result<Changed<std::size_t>> complete_without_process(Session& session, Claimant claimant, PlacementId placement,
                                                      std::int64_t limit, Timestamp now) {
    static const json::value kNothing = life::nothing_done();
    std::vector<Ending> endings;
    const Session::RowSink sink = [&](const Row& row) -> Result<void> {
        Ending one{.id = ExecutionId{row.integer(0)}, .action_ref = std::string(row.text(1))};
        if (!row.is_null(2)) one.overlap_rule = RuleId{row.integer(2)};
        endings.push_back(std::move(one));
        return {};
    };
    CHECK(
        session.each(kCompleteWithoutProcess, sink, claimant.worker, claimant.epoch, now, placement, limit, kNothing));
    TRY(auto effects, settle(session, endings, claimant.worker.value));
    effects.count(Metric::executions_claimed, endings.size());
    return Changed{endings.size(), std::move(effects)};
}

Result<Changed<std::vector<ExecutionId>>> fail_unschedulable(Session& session, std::span<const Execution> stranded,
                                                             std::string_view message, Timestamp now) {
    const Session::RowSource row = [&](std::size_t i, std::vector<SqlValue>& values) {
        values.push_back(to_sql(stranded[i].id));
        values.push_back(to_sql(life::unschedulable(stranded[i], message, now)));
        values.push_back(to_sql(now));
    };
    TRY(const auto failed, session.run_many(kFailUnschedulable, stranded.size(), row));
    Changed<std::vector<ExecutionId>> out;
    std::vector<Ending> endings;
    for (const auto i : failed) {
        out.value.push_back(stranded[i].id);
        endings.push_back(ending_of(stranded[i], ExecutionStatus::failed));
    }
    TRY(out.effects, settle(session, endings));
    return out;
}

Result<CancelOutcome> cancel_execution(Session& session, ExecutionId id, Timestamp now, std::string_view reason) {
    TRY(const auto waiting, session.execute(kCancelWaiting, id, life::never_started(reason), now));
    std::int64_t running = 0;
    if (waiting == 0) {
        TRY(running, session.execute(kCancelRunning, id, now));
    }
    TRY(auto execution, session.find<Execution>(kGet, id));
    if (!execution) return Error{Errc::not_found, fmt::format("Execution {} not found", id.value)};
    const bool canceling = execution->status == ExecutionStatus::canceling;
    CancelOutcome out{*std::move(execution), waiting + running > 0, {}};
    if (!out.changed && !canceling) {
        return Error{Errc::conflict,
                     fmt::format("Execution {} is over already: it is {}", id.value, enum_name(out.execution.status))};
    }
    if (waiting > 0) {
        const auto ending = ending_of(out.execution, ExecutionStatus::cancelled);
        TRY(out.effects, settle(session, std::span(&ending, 1), id.value));
    }
    if (running > 0) out.effects.ring(Topic::executions, id);
    if (canceling) out.effects.ring(Topic::cancelling, id); // again: its worker may have missed it
    return out;
}

} // namespace attune::flow
