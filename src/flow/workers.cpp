#include "flow/workers.hpp"

#include "domain/event.hpp"
#include "domain/execution.hpp"
#include "domain/worker.hpp"
#include "flow/alerts.hpp"
#include "flow/settle.hpp"
#include "flow/status_sql.hpp"
#include "flow/touched.hpp"
#include "logic/execution/ending.hpp"

namespace attune::flow {
namespace {

namespace life = logic::execution;

struct HeldCount {
    WorkerId worker;
    ExecutionStatus status = ExecutionStatus::scheduled;
    std::int64_t held = 0;
};
ATTUNE_FIELDS(HeldCount, worker, status, held);

// The first condition on the status is that of the partial index, in its own words.
const Query kHeldCounts{"execution.held_counts",
                        fmt::format("select worker, status, count(*) as held from execution where worker is not null"
                                    " and {} group by worker, status",
                                    sql::holdable())};
const QueryOf<Worker> kByName{"worker.by_name", "select {columns} from worker where name = $1"};
const Query kInsert{
    "worker.insert",
    "insert into worker (name, worker_type, worker_role, host, node, status, epoch, capabilities, cordoned, "
    "last_heartbeat, created, updated)"
    " values ($1, $2, $3, $4, $5, 'active', 1, $6, false, $7, $7, $7)"
    " on conflict (name) do update set worker_type = $2, host = $4, node = $5, status = 'active',"
    " epoch = worker.epoch + 1, capabilities = $6, last_heartbeat = $7, updated = $7"};
const Query kRenew{"worker.renew",
                   "update worker set last_heartbeat = $3 where id = $1 and epoch = $2 and status <> 'inactive'"};
const Query kRevive{
    "worker.revive",
    "update worker set last_heartbeat = $3, status = 'active', updated = $3 where id = $1 and epoch = $2"};
const Query kCapabilities{"worker.update_capabilities",
                          "update worker set capabilities = $3, updated = $4 where id = $1 and epoch = $2"};
const Query kRetireFirst{"worker.retire_first",
                         "update worker set status = 'inactive', updated = $4"
                         " where id = $1 and epoch = $2 and last_heartbeat = $3 and status <> 'inactive'"};
const Query kRetireSilent{"worker.retire_silent", "update worker set status = 'inactive', updated = $4"
                                                  " where id = $1 and epoch = $2 and last_heartbeat = $3"};
const Query kRetire{"worker.retire",
                    "update worker set status = 'inactive', updated = $3 where id = $1 and epoch = $2"};
const Query kCancelling{"execution.cancelling_of",
                        fmt::format("select id from execution where worker = $1 and {} and worker_epoch = $2 and {}"
                                    " order by id",
                                    sql::holdable(), sql::status_is(ExecutionStatus::canceling, sql::kNoIndex))};
const Query kHeldNow{"execution.held_now",
                     fmt::format("select id from execution where worker = $1 and {} and worker_epoch = $2 order by id",
                                 sql::holdable())};
const QueryOf<Worker> kById{"worker.by_id", "select {columns} from worker where id = $1"};
const Query kCordon{"worker.cordon",
                    "update worker set cordoned = true, cordon_reason = $2, cordoned_by = $3, cordoned_at = $4,"
                    " updated = $4 where id = $1"};
const Query kUncordon{"worker.uncordon", "update worker set cordoned = false, cordon_reason = null, cordoned_by = null,"
                                         " cordoned_at = null, updated = $2 where id = $1 and cordoned = true"};
const Query kInactiveHolders{
    "worker.inactive_holders",
    fmt::format("select id from worker w where status = 'inactive' and exists (select 1 from execution e"
                " where e.worker = w.id and e.{}) order by id",
                sql::holdable())};
const QueryOf<Worker> kAll{"worker.all", "select {columns} from worker order by id"};
const QueryOf<Execution> kHeld{
    "execution.held_by",
    fmt::format("select {{columns}} from execution where worker = $1 and worker_epoch < $2 and {} order by id",
                sql::holdable())};
const Query kReschedule{"execution.reschedule",
                        fmt::format("update execution set worker = null, worker_epoch = null, updated = $4"
                                    " where id = $1 and worker = $2 and claim = $3 and {}",
                                    sql::status_is(ExecutionStatus::scheduled))};
const Query kSettle{"execution.settle_lost",
                    "update execution set status = $4, result = $5, finished_at = $6, updated = $6"
                    " where id = $1 and worker = $2 and claim = $3 and status = $7"};

/// How an execution ends whose worker is gone.
Ending ending_of(const Execution& held) {
    const bool cancelling = held.status == ExecutionStatus::canceling;
    return {.id = held.id,
            .action_ref = held.action_ref,
            .status = cancelling ? ExecutionStatus::cancelled : ExecutionStatus::abandoned,
            .overlap_rule = held.overlap_rule};
}

/// False when it was not written: its worker, or another one, has ended it.
Result<bool> end_lost(Session& session, const Execution& held, const Ending& ending, const Worker& worker,
                      Timestamp now) {
    CHECK(life::check_change(held.status, ending.status));
    const auto result =
        ending.status == ExecutionStatus::cancelled ? life::cancelled_midway() : life::lost_with(worker, held, now);
    TRY(const auto changed,
        session.execute(kSettle, held.id, held.worker, held.claim, ending.status, result, now, held.status));
    return changed > 0;
}

} // namespace

Result<Worker> register_worker(Session& session, Worker worker) {
    CHECK(session.execute(kInsert, worker.name, worker.worker_type, worker.worker_role, worker.host, worker.node,
                          worker.capabilities, worker.last_heartbeat));
    TRY(auto row, session.find<Worker>(kByName, worker.name));
    if (!row) return Error{Errc::internal, "the worker was not registered"};
    return *std::move(row);
}

Result<Renewal> renew_lease(Session& session, Claimant claimant, Timestamp now) {
    Renewal out;
    TRY(const auto renewed, session.execute(kRenew, claimant.worker, claimant.epoch, now));
    if (renewed == 0) {
        TRY(const auto revived, session.execute(kRevive, claimant.worker, claimant.epoch, now));
        if (revived == 0) return Error{Errc::conflict, "another process has taken over this worker's name"};
        out.lapsed = true;
        TRY(out.held, session.column<ExecutionId>(kHeldNow, claimant.worker, claimant.epoch));
    }
    TRY(out.cancelling, executions_to_cancel(session, claimant));
    return out;
}

Result<std::vector<ExecutionId>> executions_to_cancel(Session& session, Claimant claimant) {
    return session.column<ExecutionId>(kCancelling, claimant.worker, claimant.epoch);
}

Result<void> update_capabilities(Session& session, Claimant claimant, const json::object& capabilities, Timestamp now) {
    CHECK(session.execute(kCapabilities, claimant.worker, claimant.epoch, capabilities, now));
    return {};
}

Result<Silence> retire_silent(Session& session, const Worker& seen, Timestamp now) {
    TRY(const auto first, session.execute(kRetireFirst, seen.id, seen.epoch, seen.last_heartbeat, now));
    if (first > 0) return Silence::news;
    // Written all the same, so that a renewal waits.
    TRY(const auto retired, session.execute(kRetireSilent, seen.id, seen.epoch, seen.last_heartbeat, now));
    return retired > 0 ? Silence::known : Silence::none;
}

Result<void> retire_worker(Session& session, Claimant claimant, Timestamp now) {
    CHECK(session.execute(kRetire, claimant.worker, claimant.epoch, now));
    return {};
}

Result<std::vector<Worker>> list_workers(Session& session) {
    return session.all<Worker>(kAll);
}

Result<std::optional<Worker>> find_worker(Session& session, std::string_view name) {
    return session.find<Worker>(kByName, name);
}

Result<Changed<Worker>> cordon_worker(Session& session, WorkerId id, std::optional<std::string> reason,
                                      std::optional<IdentityId> by, Timestamp now) {
    Changed<Worker> out;
    TRY(const auto before, get_worker(session, id));
    CHECK(session.execute(kCordon, id, reason, by, now));
    TRY(out.value, get_worker(session, id));
    out.effects.touch(touched(&before, &out.value));
    return out;
}

Result<Changed<Worker>> uncordon_worker(Session& session, WorkerId id, Timestamp now) {
    Changed<Worker> out;
    TRY(const auto before, get_worker(session, id));
    CHECK(session.execute(kUncordon, id, now));
    TRY(out.value, get_worker(session, id));
    out.effects.ring(Topic::scheduled);
    out.effects.touch(touched(&before, &out.value));
    return out;
}

Result<Worker> get_worker(Session& session, WorkerId id) {
    TRY(auto row, session.find<Worker>(kById, id));
    if (!row) return Error{Errc::not_found, fmt::format("Worker {} not found", id.value)};
    return *std::move(row);
}

Result<std::map<WorkerId, std::map<ExecutionStatus, std::int64_t>>> held_by_workers(Session& session) {
    std::map<WorkerId, std::map<ExecutionStatus, std::int64_t>> out;
    TRY(const auto rows, session.all<HeldCount>(kHeldCounts));
    for (const auto& row : rows) out[row.worker][row.status] = row.held;
    return out;
}

Result<std::vector<WorkerId>> inactive_holders(Session& session) {
    return session.column<WorkerId>(kInactiveHolders);
}

Result<std::vector<Execution>> held_by_lost(Session& session, WorkerId worker, std::int64_t before_epoch) {
    return session.all<Execution>(kHeld, worker, before_epoch);
}

Result<Recovered> recover_executions(Session& session, std::span<const Execution> held,
                                     std::span<const std::optional<Execution>> retries, std::span<const EventId> alerts,
                                     const Worker& worker, Timestamp now) {
    Recovered out;
    std::vector<Ending> endings;
    for (std::size_t i = 0; i < held.size(); ++i) {
        const auto& one = held[i];
        if (one.status == ExecutionStatus::scheduled) {
            TRY(const auto changed, session.execute(kReschedule, one.id, one.worker, one.claim, now));
            if (changed == 0) continue;
            out.rescheduled.push_back(one.id);
            out.effects.ring(Topic::scheduled);
            continue;
        }
        auto ending = ending_of(one);
        TRY(const bool written, end_lost(session, one, ending, worker, now));
        if (!written) continue;
        const bool cancelled = ending.status == ExecutionStatus::cancelled;
        (cancelled ? out.cancelled : out.abandoned).push_back(one.id);
        if (!cancelled && retries[i]) ending.retry = &*retries[i];
        if (!cancelled && !worker.cordoned) {
            ending.alert = abandoned_alert(alerts[i], one, worker, retries[i].has_value(), now);
        }
        endings.push_back(std::move(ending));
    }
    TRY(auto settled, settle(session, endings, worker.id.value));
    out.effects += std::move(settled);
    out.effects.count(Metric::executions_recovered, "rescheduled", out.rescheduled.size());
    out.effects.count(Metric::executions_recovered, "abandoned", out.abandoned.size());
    out.effects.count(Metric::executions_recovered, "cancelled", out.cancelled.size());
    return out;
}

} // namespace attune::flow
