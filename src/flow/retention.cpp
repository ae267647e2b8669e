#include "flow/retention.hpp"

#include "domain/sealed_value.hpp"
#include "flow/secrets.hpp"
#include "flow/status_sql.hpp"
#include "flow/tally.hpp"
#include "flow/timer_rows.hpp"

namespace attune::flow {

ATTUNE_FIELDS(HistoryRow, id, created, size, timer, nominal, action_ref, status, stream, position);

namespace {

const Query kOutput{
    "retention.output",
    "select o.execution, coalesce(e.created, $5), length(o.content), null, null, null, null, o.stream, o.position"
    " from execution_output o left join execution e on e.id = o.execution"
    " where (o.execution, o.stream, o.position) > ($1, $2, $3) order by o.execution, o.stream, o.position limit $4"};
const Query kExecutions{"retention.executions",
                        "select id, created, coalesce(length(cast(config as text)), 0)"
                        " + coalesce(length(cast(result as text)), 0), null, null, action_ref, status, '', 0"
                        " from execution where id > $1 order by id limit $2"};
const Query kEnforcements{"retention.enforcements",
                          "select id, created, coalesce(length(cast(config as text)), 0)"
                          " + length(cast(payload as text)) + length(cast(conditions as text)), null, null, null, null,"
                          " '', 0 from enforcement where id > $1 order by id limit $2"};
const Query kEvents{"retention.events",
                    "select id, created, coalesce(length(cast(payload as text)), 0)"
                    " + coalesce(length(cast(config as text)), 0) + coalesce(length(cast(decision as text)), 0),"
                    " timer, nominal, null, null, '', 0 from event where id > $1 order by id limit $2"};

const Query kAudit{"retention.audit",
                   "select id, created, coalesce(length(cast(details as text)), 0), null, null, null, null, '', 0"
                   " from audit_event where id > $1 order by id limit $2"};

const Query kWebhookHits{"retention.webhook_hits",
                         "select id, created, coalesce(length(message), 0), null, null, null, null, '', 0"
                         " from webhook_hit where id > $1 order by id limit $2"};

/// Whether an execution of enforcement `n` goes on, a retry of it included.
const auto kGoesOn = fmt::format(
    "exists (select 1 from execution e where e.enforcement = n.id and e.parent is null and e.original_execution is null"
    " and (e.{0} or exists (select 1 from execution r where r.original_execution = e.id and r.{0})))",
    sql::unfinished());

const Query kForgetOutput{
    "retention.forget_output",
    fmt::format("delete from execution_output where execution = $1 and stream = $3 and position = $4 and not exists"
                " (select 1 from execution e where e.id = $1 and (e.{} or coalesce(e.finished_at, e.updated) >= $2))",
                sql::unfinished())};
const Query kForgetExecution{
    "retention.forget_execution",
    fmt::format("delete from execution where id = $1 and {0} and coalesce(finished_at, updated) < $2"
                " and not exists (select 1 from execution_output o where o.execution = $1)"
                " and not exists (select 1 from execution r where r.original_execution = $1 and r.{1})"
                " and not exists (select 1 from execution c where c.parent = $1 and c.{1})",
                sql::ended(), sql::unfinished())};
const Query kForgetEnforcement{
    "retention.forget_enforcement",
    fmt::format("delete from enforcement where id in (select n.id from enforcement n where n.id = $1 and n.created < $2"
                " and n.status <> 'created' and not {})",
                kGoesOn)};
// A firing after a cursor that was pulled back stays until the times before it are decided again.
const Query kForgetEvent{
    "retention.forget_event",
    fmt::format("delete from event where id = $1 and created < $2 and decided_at is not null and not exists"
                " (select 1 from enforcement n where n.event = $1 and (n.status = 'created' or {}))"
                " and not exists (select 1 from debounced_match d where d.event = $1)"
                " and not exists (select 1 from timer t where t.id = event.timer and t.cursor < event.nominal)",
                kGoesOn)};

const Query kForgetAudit{"retention.forget_audit", "delete from audit_event where id = $1 and created < $2"};

const Query kForgetWebhookHit{"retention.forget_webhook_hit", "delete from webhook_hit where id = $1 and updated < $2"};

const Query kHold{"instance.retention_hold", "select retention_hold from instance where id = 1"};
const Query kSetHold{"instance.set_retention_hold", "update instance set retention_hold = $1 where id = 1"};

const Query& deletion_of(History kind) {
    switch (kind) {
    case History::output: return kForgetOutput;
    case History::executions: return kForgetExecution;
    case History::enforcements: return kForgetEnforcement;
    case History::audit: return kForgetAudit;
    case History::webhook_hits: return kForgetWebhookHit;
    case History::events: break;
    }
    return kForgetEvent;
}

Result<void> remember_firings(Session& session, std::span<const HistoryRow> rows,
                              const std::vector<std::size_t>& deleted) {
    std::map<TimerId, Timestamp> greatest;
    for (const auto i : deleted) {
        if (!rows[i].timer || !rows[i].nominal) continue;
        auto& nominal = greatest.try_emplace(*rows[i].timer, *rows[i].nominal).first->second;
        nominal = std::max(nominal, *rows[i].nominal);
    }
    for (const auto& [timer, nominal] : greatest) CHECK(forget_times(session, timer, nominal));
    return {};
}

/// Of the rows that are gone; those that only seem to be (a race) keep theirs.
Result<void> forget_secrets(Session& session, History kind, std::span<const HistoryRow> rows,
                            const std::vector<std::size_t>& deleted) {
    if (deleted.empty()) return {};
    const auto [first, last] = std::ranges::minmax(deleted, {}, [&](std::size_t i) { return rows[i].id; });
    const auto forget = [&](SealedIn type) {
        return forget_sealed_of_gone(session, type, rows[first].id, rows[last].id);
    };
    switch (kind) {
    case History::output:
    case History::audit:
    case History::webhook_hits: return {};
    case History::executions: return forget(SealedIn::execution);
    case History::enforcements: return forget(SealedIn::enforcement);
    case History::events: break;
    }
    return forget(SealedIn::event);
}

Result<void> count_deleted(Session& session, std::span<const HistoryRow> rows,
                           const std::vector<std::size_t>& deleted) {
    Tally forgotten;
    for (const auto i : deleted) {
        if (rows[i].action_ref && rows[i].status) forgotten.add(*rows[i].action_ref, *rows[i].status);
    }
    return count_forgotten(session, forgotten);
}

} // namespace

Result<std::vector<HistoryRow>> history_after(Session& session, History kind, const HistoryRow& after,
                                              std::int64_t limit) {
    switch (kind) {
    case History::output:
        return session.all<HistoryRow>(kOutput, after.id, after.stream, after.position, limit, Timestamp{});
    case History::executions: return session.all<HistoryRow>(kExecutions, after.id, limit);
    case History::enforcements: return session.all<HistoryRow>(kEnforcements, after.id, limit);
    case History::audit: return session.all<HistoryRow>(kAudit, after.id, limit);
    case History::webhook_hits: return session.all<HistoryRow>(kWebhookHits, after.id, limit);
    case History::events: break;
    }
    return session.all<HistoryRow>(kEvents, after.id, limit);
}

Result<std::int64_t> forget(Session& session, History kind, std::span<const HistoryRow> rows, Timestamp before) {
    const Session::RowSource source = [&](std::size_t i, std::vector<SqlValue>& values) {
        values.push_back(to_sql(rows[i].id));
        values.push_back(to_sql(before));
        if (kind != History::output) return;
        values.push_back(to_sql(rows[i].stream));
        values.push_back(to_sql(rows[i].position));
    };
    TRY(const auto deleted, session.run_many(deletion_of(kind), rows.size(), source));
    CHECK(remember_firings(session, rows, deleted));
    CHECK(count_deleted(session, rows, deleted));
    CHECK(forget_secrets(session, kind, rows, deleted));
    return static_cast<std::int64_t>(deleted.size());
}

Result<std::optional<Timestamp>> retention_hold(Session& session) {
    TRY(const auto since, session.scalar<std::optional<Timestamp>>(kHold));
    return since.value_or(std::nullopt);
}

Result<void> set_retention_hold(Session& session, std::optional<Timestamp> since) {
    CHECK(session.execute(kSetHold, since));
    return {};
}

} // namespace attune::flow
