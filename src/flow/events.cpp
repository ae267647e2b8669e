#include "flow/events.hpp"

#include "domain/event.hpp"
#include "domain/execution.hpp"
#include "domain/sealed_value.hpp"
#include "domain/trigger.hpp"
#include "flow/executions.hpp"

#include <unordered_map>
#include <unordered_set>

namespace attune::flow {
namespace {

const InsertOf<Event> kInsertEvent{"event.insert", "on conflict do nothing"};
const InsertOf<Enforcement> kInsertEnforcement{"enforcement.insert", "on conflict do nothing"};
const QueryOf<Event> kUndecided{"event.undecided",
                                "select {columns} from event where decided_at is null order by id limit $1"};
const QueryOf<Event> kUndecidedOfStripe{
    "event.undecided_of_stripe",
    "select {columns} from event where decided_at is null and (id / 64) % $2 = $3 order by id limit $1"};
// Not in the words of the index of what is undecided: PostgreSQL would read all of that for each row of a batch, when
// it believes that nothing is undecided.
const Query kDecide{"event.decide", "update event set decided_at = $2, decision = $3 where id = $1 and"
                                    " coalesce(decided_at, decided_at) is null"};

const Query kExplain{"event.explain", "update event set decision = $2 where id = $1"};
const Query kDisableEnforcement{"enforcement.disable", "update enforcement set status = 'disabled' where id = $1"};
const Query kCountOverlap{
    "timer.count_overlap",
    "update timer set overlap_skipped = overlap_skipped + $2, overlap_queued = overlap_queued + $3,"
    " overlap_cancelled = overlap_cancelled + $4 where id = $1"};

/// Which event of the batch an execution comes from.
using Origins = std::unordered_map<ExecutionId, std::size_t>;

struct OverlapCount {
    std::int64_t skipped = 0;
    std::int64_t queued = 0;
    std::int64_t cancelled = 0;
};

/// Writes what became of the runs into the explanations of their events.
Result<void> explain_admissions(Session& session, const Decisions& batch, const Origins& origins,
                                std::span<const Execution> runs, std::span<const Admission> admissions) {
    std::map<std::size_t, json::value> decisions;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (admissions[i].reason.empty()) continue;
        const auto event = origins.at(runs[i].id);
        auto& decision = decisions.try_emplace(event, batch.events[event].decision).first->second;
        for (auto& line : decision.as_array()) {
            auto& object = line.as_object();
            const auto* execution = object.if_contains("execution");
            if (execution == nullptr || *execution != runs[i].id.value) continue;
            object["overlap"] = admissions[i].reason;
            if (admissions[i].verdict == Admission::Verdict::skipped) object.erase("execution");
            break;
        }
    }
    for (const auto& [event, decision] : decisions) {
        CHECK(session.execute(kExplain, batch.events[event].event, decision));
    }
    return {};
}

/// Those of `executions` whose rule lets them not overlap: admitted, queued or skipped, and counted.
Result<void> write_exclusive(Session& session, const Decisions& batch, const Origins& origins,
                             std::vector<Execution> runs, DecideOutcome& out) {
    if (runs.empty()) return {};
    TRY(auto admitted, admit_runs(session, runs, batch.overlap, batch.now));
    const auto& admissions = admitted.value;
    out.effects += std::move(admitted.effects);
    std::map<TimerId, OverlapCount> counts;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const auto& one = admissions[i];
        auto& count = counts[batch.events[origins.at(runs[i].id)].timer.value_or(TimerId{})];
        count.cancelled += static_cast<std::int64_t>(one.cancelled.size());
        out.cancelled.insert(out.cancelled.end(), one.cancelled.begin(), one.cancelled.end());
        if (one.verdict == Admission::Verdict::waits) {
            ++count.queued;
            out.waiting.push_back(runs[i].id);
        } else if (one.verdict == Admission::Verdict::skipped) {
            ++count.skipped;
            out.skipped.push_back(runs[i].id);
            CHECK(session.execute(kDisableEnforcement, runs[i].enforcement));
        }
    }
    for (const auto& [timer, count] : counts) {
        CHECK(session.execute(kCountOverlap, timer, count.skipped, count.queued, count.cancelled));
    }
    return explain_admissions(session, batch, origins, runs, admissions);
}

/// The secrets of those that were made.
Result<void> write_secrets(Session& session, const Decisions& batch, const DecideOutcome& out,
                           const std::unordered_set<EnforcementId>& unmade) {
    std::vector<SealedValue> secrets;
    for (const auto i : out.decided) {
        const auto& one = batch.events[i];
        if (one.secrets.empty()) continue;
        std::unordered_set<std::int64_t> absent;
        for (const auto& execution : one.executions) {
            const bool skipped = std::ranges::find(out.skipped, execution.id) != out.skipped.end();
            if (skipped || unmade.contains(*execution.enforcement)) absent.insert(execution.id.value);
        }
        for (const auto& secret : one.secrets) {
            const bool made = secret.entity_type == SealedIn::enforcement
                                  ? !unmade.contains(EnforcementId{secret.entity_id})
                                  : !absent.contains(secret.entity_id);
            if (made) secrets.push_back(secret);
        }
    }
    return store_sealed(session, secrets);
}

Result<void> write_enforcements(Session& session, const Decisions& batch, DecideOutcome& out) {
    std::vector<Enforcement> enforcements;
    std::vector<Execution> executions;
    std::vector<Execution> exclusive;
    Origins origins;
    for (const auto i : out.decided) {
        const auto& one = batch.events[i];
        enforcements.insert(enforcements.end(), one.enforcements.begin(), one.enforcements.end());
        for (const auto& execution : one.executions) {
            (execution.overlap_rule ? exclusive : executions).push_back(execution);
            if (execution.overlap_rule) origins[execution.id] = i;
        }
    }
    if (enforcements.empty()) return {};
    TRY(const auto inserted, session.insert_many<Enforcement>(kInsertEnforcement, enforcements));
    std::unordered_set<EnforcementId> unmade;
    if (inserted.size() != enforcements.size()) {
        for (const auto& enforcement : enforcements) unmade.insert(enforcement.id);
        for (const auto i : inserted) unmade.erase(enforcements[i].id);
        const auto is_unmade = [&](const Execution& e) { return !e.enforcement || unmade.contains(*e.enforcement); };
        std::erase_if(executions, is_unmade);
        std::erase_if(exclusive, is_unmade);
    }
    TRY(auto made, insert_executions(session, executions));
    out.effects += std::move(made.effects);
    CHECK(write_exclusive(session, batch, origins, std::move(exclusive), out));
    return write_secrets(session, batch, out, unmade);
}

/// The indices of the events that the changes do not touch; those that they do are `out.stale`.
std::vector<std::size_t> still_right(const Decisions& batch, DecideOutcome& out) {
    std::vector<std::size_t> current;
    std::unordered_map<const DefinitionBasis*, bool> touched; // many events rest on the same
    const bool changed = out.changes.generation != batch.generation;
    for (std::size_t i = 0; i < batch.events.size(); ++i) {
        const auto* basis = batch.events[i].basis.get();
        auto at = touched.find(basis);
        if (at == touched.end())
            at = touched.emplace(basis, changed && (basis == nullptr || basis->touched_by(out.changes))).first;
        (at->second ? out.stale : current).push_back(i);
    }
    return current;
}

} // namespace

Result<Changed<std::vector<std::size_t>>> record_events(Session& session, std::span<const Event> events,
                                                        std::span<const SealedValue> secrets) {
    Changed<std::vector<std::size_t>> out;
    TRY(out.value, session.insert_many<Event>(kInsertEvent, events));
    CHECK(store_sealed(session, secrets));
    for (const auto i : out.value) out.effects.ring(Topic::events, events[i].id);
    return out;
}

std::vector<SealedValue> take_secrets(const Vault& vault, const Trigger& trigger, Event& event) {
    auto* payload = event.payload ? event.payload->if_object() : nullptr;
    if (payload == nullptr || !trigger.out_schema) return {};
    const auto taken = logic::schema::take_secrets(json::value(*trigger.out_schema), *payload);
    return seal(vault, {SealedIn::event, event.id.value, "payload", SecretSource::event, trigger.ref}, taken.parts,
                event.created);
}

Result<std::vector<Event>> undecided_events(Session& session, std::int64_t limit, Stripe stripe) {
    if (stripe.of > 1) return session.all<Event>(kUndecidedOfStripe, limit, stripe.of, stripe.number);
    return session.all<Event>(kUndecided, limit);
}

Result<DecideOutcome> decide_events(Session& session, const Decisions& batch) {
    DecideOutcome out;
    TRY(out.changes, definitions_changed_since(session, batch.generation));
    const auto current = still_right(batch, out);
    const Session::RowSource row = [&](std::size_t i, std::vector<SqlValue>& values) {
        const auto& one = batch.events[current[i]];
        values.push_back(to_sql(one.event));
        values.push_back(to_sql(batch.now));
        values.push_back(to_sql(one.decision));
    };
    TRY(const auto decided, session.run_many(kDecide, current.size(), row));
    for (const auto i : decided) {
        out.decided.push_back(current[i]);
        out.effects.ring(Topic::enforcements, batch.events[current[i]].event);
    }
    CHECK(write_enforcements(session, batch, out));
    return out;
}

} // namespace attune::flow
