#include "flow/workers.hpp"

#include "flow/tally.hpp"

namespace attune::flow {
namespace {

const QueryOf<Worker> kByName{"worker.by_name", "select {columns} from worker where name = $1"};
const Query kInsert{
    "worker.insert",
    "insert into worker (name, worker_type, worker_role, host, status, epoch, capabilities, cordoned, last_heartbeat, "
    "created, updated)"
    " values ($1, $2, $3, $4, 'active', 1, $5, false, $6, $6, $6)"
    " on conflict (name) do update set worker_type = $2, host = $4, status = 'active', epoch = worker.epoch + 1,"
    " capabilities = $5, last_heartbeat = $6, updated = $6"};
const Query kRenew{"worker.renew",
                   "update worker set last_heartbeat = $3, status = 'active' where id = $1 and epoch = $2"};
const Query kRetire{"worker.retire",
                    "update worker set status = 'inactive', updated = $3 where id = $1 and epoch = $2"};
const Query kCancelling{
    "execution.cancelling_of",
    // The first condition is that of the partial index, in its own words: a database cannot prove it from the last one.
    "select id from execution where worker = $1 and status in ('scheduled', 'running', 'canceling')"
    " and worker_epoch = $2 and status || '' = 'canceling' order by id"};
const QueryOf<Worker> kAll{"worker.all", "select {columns} from worker order by id"};
const QueryOf<Execution> kHeld{"execution.held_by",
                               "select {columns} from execution where worker = $1 and worker_epoch < $2 and status in "
                               "('scheduled', 'running', 'canceling')"
                               " order by id"};
const Query kReschedule{"execution.reschedule",
                        "update execution set worker = null, worker_epoch = null, updated = $4"
                        " where id = $1 and worker = $2 and claim = $3 and status = 'scheduled'"};
const Query kSettle{"execution.settle_lost",
                    "update execution set status = $4, result = $5, finished_at = $6, updated = $6"
                    " where id = $1 and worker = $2 and claim = $3 and status = $7"};

json::value lost_result(const Execution& execution, std::string_view worker_name, Timestamp now) {
    return json::object{
        {"succeeded", false},
        {"error",
         fmt::format("The worker {} was lost while the action ran; whether it finished is not known", worker_name)},
        {"abandoned_by", "worker_recovery"},
        {"original_status", json::string(enum_name(execution.status))},
        {"worker",
         json::object{{"id", execution.worker ? execution.worker->value : 0}, {"name", json::string(worker_name)}}},
        {"reconciled_at", format_timestamp(now)}};
}

json::value cancelled_result() {
    return json::object{{"succeeded", false}, {"cancelled", true}, {"error", "Execution cancelled by user"}};
}

} // namespace

Result<Worker> register_worker(Session& session, Worker worker) {
    CHECK(session.execute(kInsert, worker.name, worker.worker_type, worker.worker_role, worker.host,
                          worker.capabilities, worker.last_heartbeat));
    TRY(auto row, session.find<Worker>(kByName, worker.name));
    if (!row) return Error{Errc::internal, "the worker was not registered"};
    return *std::move(row);
}

Result<std::vector<ExecutionId>> renew_lease(Session& session, Claimant claimant, Timestamp now) {
    TRY(const auto renewed, session.execute(kRenew, claimant.worker, claimant.epoch, now));
    if (renewed == 0) return Error{Errc::conflict, "another process has taken over this worker's name"};
    return session.column<ExecutionId>(kCancelling, claimant.worker, claimant.epoch);
}

Result<void> retire_worker(Session& session, Claimant claimant, Timestamp now) {
    CHECK(session.execute(kRetire, claimant.worker, claimant.epoch, now));
    return {};
}

Result<std::vector<Worker>> list_workers(Session& session) {
    return session.all<Worker>(kAll);
}

Result<std::vector<Execution>> held_by_lost(Session& session, WorkerId worker, std::int64_t before_epoch) {
    return session.all<Execution>(kHeld, worker, before_epoch);
}

Result<Recovered> recover_executions(Session& session, std::span<const Execution> held,
                                     std::span<const std::optional<Execution>> retries, std::string_view worker_name,
                                     Timestamp now) {
    Recovered out;
    Endings endings(held.empty() ? 0 : held.front().worker.value_or(WorkerId{}).value);
    std::vector<Execution> again;
    for (std::size_t i = 0; i < held.size(); ++i) {
        const auto& one = held[i];
        if (one.status == ExecutionStatus::scheduled) {
            TRY(const auto changed, session.execute(kReschedule, one.id, one.worker, one.claim, now));
            if (changed > 0) out.rescheduled.push_back(one.id);
            continue;
        }
        const bool cancelling = one.status == ExecutionStatus::canceling;
        const auto status = cancelling ? ExecutionStatus::cancelled : ExecutionStatus::abandoned;
        const auto result = cancelling ? cancelled_result() : lost_result(one, worker_name, now);
        TRY(const auto changed,
            session.execute(kSettle, one.id, one.worker, one.claim, status, result, now, one.status));
        if (changed == 0) continue;
        endings.add(one.action_ref, status);
        (cancelling ? out.cancelled : out.abandoned).push_back(one.id);
        if (!cancelling && retries[i]) again.push_back(*retries[i]);
    }
    CHECK(count_ended(session, endings));
    if (!again.empty()) CHECK(insert_executions(session, again));
    return out;
}

} // namespace attune::flow
