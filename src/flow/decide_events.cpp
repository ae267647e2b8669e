#include "flow/events.hpp"

#include "domain/event.hpp"
#include "domain/execution.hpp"
#include "domain/sealed_value.hpp"
#include "flow/executions.hpp"
#include "flow/explanations.hpp"
#include "flow/rule_lock.hpp"

#include <unordered_map>
#include <unordered_set>

namespace attune::flow {
namespace {

const InsertOf<Enforcement> kInsertEnforcement{"enforcement.insert", "on conflict do nothing"};
// Not in the words of the index of what is undecided: PostgreSQL would read all of that for each row of a batch, when
// it believes that nothing is undecided.
const Query kDecide{"event.decide", "update event set decided_at = $2, decision = $3 where id = $1 and"
                                    " coalesce(decided_at, decided_at) is null"};

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
void explain_admissions(const Decisions& batch, const Origins& origins, std::span<const Execution> runs,
                        std::span<const Admission> admissions, Explanations& explanations) {
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const auto& admission = admissions[i];
        if (admission.reason.empty()) continue;
        const auto explain = [&](Evaluation& line) {
            line.overlap = admission.reason;
            const bool skipped = admission.verdict == Admission::Verdict::skipped;
            line.outcome = skipped ? EvaluationOutcome::skipped : EvaluationOutcome::queued;
            if (skipped) line.execution.reset();
        };
        explanations.amend(batch.events[origins.at(runs[i].id)].event, *runs[i].overlap_rule, explain);
    }
}

/// Those of `executions` whose rule lets them not overlap: admitted, queued or skipped, and counted.
Result<void> write_exclusive(Session& session, const Decisions& batch, const Origins& origins,
                             std::vector<Execution> runs, Explanations& explanations, DecideOutcome& out) {
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
    explain_admissions(batch, origins, runs, admissions, explanations);
    return {};
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

/// Counts the runs that a throttle admits; those of the enforcements that it does not are not made.
Result<std::unordered_set<EnforcementId>> throttle(Session& session, const Decisions& batch, Explanations& explanations,
                                                   DecideOutcome& out) {
    std::vector<ThrottledRun> runs;
    std::vector<EventId> events;
    for (const auto i : out.decided) {
        const auto& one = batch.events[i];
        runs.insert(runs.end(), one.throttled.begin(), one.throttled.end());
        events.insert(events.end(), one.throttled.size(), one.event);
    }
    std::unordered_set<EnforcementId> unmade;
    if (runs.empty()) return unmade;
    TRY(const auto refused, throttle_runs(session, runs, batch.now));
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const auto at = refused.find(runs[i].enforcement);
        if (at == refused.end()) continue;
        unmade.insert(at->first);
        out.throttled.push_back(at->first);
        explanations.amend(events[i], runs[i].rule, [&](Evaluation& line) {
            line.outcome = EvaluationOutcome::throttled;
            line.pacing = at->second;
            line.enforcement.reset();
            line.execution.reset();
        });
    }
    return unmade;
}

/// Keeps matches that wait, and tells the events that others followed.
Result<void> debounce(Session& session, const Decisions& batch, Explanations& explanations, DecideOutcome& out) {
    std::vector<DebouncedMatch> matches;
    for (const auto i : out.decided) {
        const auto& of = batch.events[i].debounced;
        matches.insert(matches.end(), of.begin(), of.end());
    }
    if (matches.empty()) return {};
    TRY(out.superseded, debounce_matches(session, matches));
    std::set<EventId> followed;
    for (const auto& one : out.superseded) followed.insert(one.event);
    CHECK(explanations.load(session, followed));
    for (const auto& one : out.superseded) {
        explanations.amend(one.event, one.rule, [&](Evaluation& line) {
            line.outcome = EvaluationOutcome::superseded;
            line.pacing = logic::matching::text_of_follower(one.by, one.key);
            line.superseded_by = one.by;
            line.due.reset();
        });
    }
    return {};
}

/// All but those of `unmade`, which those that exist already join.
Result<void> insert_enforcements(Session& session, std::vector<Enforcement> enforcements,
                                 std::unordered_set<EnforcementId>& unmade) {
    std::erase_if(enforcements, [&](const Enforcement& one) { return unmade.contains(one.id); });
    TRY(const auto inserted, session.insert_many<Enforcement>(kInsertEnforcement, enforcements));
    if (inserted.size() == enforcements.size()) return {};
    for (const auto& enforcement : enforcements) unmade.insert(enforcement.id);
    for (const auto i : inserted) unmade.erase(enforcements[i].id);
    return {};
}

Result<void> write_enforcements(Session& session, const Decisions& batch, Explanations& explanations,
                                DecideOutcome& out) {
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
    TRY(auto unmade, throttle(session, batch, explanations, out));
    CHECK(insert_enforcements(session, std::move(enforcements), unmade));
    if (!unmade.empty()) {
        const auto is_unmade = [&](const Execution& e) { return !e.enforcement || unmade.contains(*e.enforcement); };
        std::erase_if(executions, is_unmade);
        std::erase_if(exclusive, is_unmade);
    }
    TRY(auto made, insert_executions(session, executions));
    out.effects += std::move(made.effects);
    CHECK(write_exclusive(session, batch, origins, std::move(exclusive), explanations, out));
    return write_secrets(session, batch, out, unmade);
}

/// The rules of whose runs something is decided by what is read.
std::set<RuleId> guarded_rules(const Decisions& batch, const std::vector<std::size_t>& events) {
    std::set<RuleId> out;
    for (const auto i : events) {
        const auto& one = batch.events[i];
        for (const auto& run : one.throttled) out.insert(run.rule);
        for (const auto& match : one.debounced) out.insert(match.rule);
        for (const auto& execution : one.executions) {
            if (execution.overlap_rule) out.insert(*execution.overlap_rule);
        }
    }
    return out;
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
    Explanations explanations;
    for (const auto i : decided) {
        out.decided.push_back(current[i]);
        out.effects.ring(Topic::enforcements, batch.events[current[i]].event);
        explanations.use(batch.events[current[i]]);
    }
    CHECK(lock_rules(session, guarded_rules(batch, out.decided)));
    CHECK(debounce(session, batch, explanations, out));
    CHECK(write_enforcements(session, batch, explanations, out));
    CHECK(explanations.write(session));
    return out;
}

Result<DecideOutcome> decide_due(Session& session, std::span<const DebouncedMatch> matches, const Decisions& batch) {
    DecideOutcome out;
    TRY(out.changes, definitions_changed_since(session, batch.generation));
    std::vector<std::size_t> current = still_right(batch, out);
    std::vector<DebouncedMatch> due;
    std::set<RuleId> rules;
    for (const auto i : current) {
        due.push_back(matches[i]);
        rules.insert(matches[i].rule);
    }
    CHECK(lock_rules(session, rules));
    TRY(const auto taken, take_due(session, due));
    std::set<EventId> events;
    for (const auto i : taken) {
        out.decided.push_back(current[i]);
        events.insert(due[i].event);
    }
    Explanations explanations;
    CHECK(explanations.load(session, events));
    for (const auto i : out.decided) {
        const auto& one = batch.events[i];
        out.effects.ring(Topic::enforcements, one.event);
        const auto line = find_line(one.decision, matches[i].rule);
        explanations.amend(one.event, matches[i].rule, [&](Evaluation& stored) { stored = line.value_or(stored); });
    }
    CHECK(write_enforcements(session, batch, explanations, out));
    CHECK(explanations.write(session));
    return out;
}

} // namespace attune::flow
