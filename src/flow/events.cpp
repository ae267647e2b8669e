#include "flow/events.hpp"

#include "flow/executions.hpp"
#include "flow/generation.hpp"

#include <unordered_set>

namespace attune::flow {
namespace {

const InsertOf<Event> kInsertEvent{"event.insert", "on conflict do nothing"};
const InsertOf<Enforcement> kInsertEnforcement{"enforcement.insert", "on conflict do nothing"};
const QueryOf<Event> kUndecided{"event.undecided",
                                "select {columns} from event where decided_at is null order by id limit $1"};
const Query kDecide{"event.decide",
                    "update event set decided_at = $2, decision = $3 where id = $1 and decided_at is null"};

Result<void> write_enforcements(Session& session, const Decisions& batch, const std::vector<std::size_t>& decided) {
    std::vector<Enforcement> enforcements;
    std::vector<Execution> executions;
    for (const auto i : decided) {
        const auto& one = batch.events[i];
        enforcements.insert(enforcements.end(), one.enforcements.begin(), one.enforcements.end());
        executions.insert(executions.end(), one.executions.begin(), one.executions.end());
    }
    if (enforcements.empty()) return {};
    TRY(const auto inserted, session.insert_many<Enforcement>(kInsertEnforcement, enforcements));
    if (inserted.size() != enforcements.size()) {
        std::unordered_set<EnforcementId> made;
        for (const auto i : inserted) made.insert(enforcements[i].id);
        std::erase_if(executions, [&](const Execution& e) { return !e.enforcement || !made.contains(*e.enforcement); });
    }
    CHECK(insert_executions(session, executions));
    return {};
}

} // namespace

Result<std::vector<std::size_t>> record_events(Session& session, std::span<const Event> events) {
    return session.insert_many<Event>(kInsertEvent, events);
}

Result<std::vector<Event>> undecided_events(Session& session, std::int64_t limit) {
    return session.all<Event>(kUndecided, limit);
}

Result<DecideOutcome> decide_events(Session& session, const Decisions& batch) {
    DecideOutcome out;
    TRY(out.generation, current_generation(session));
    if (out.generation != batch.generation) {
        out.stale = true;
        return out;
    }
    const Session::RowSource row = [&](std::size_t i, std::vector<SqlValue>& values) {
        const auto& one = batch.events[i];
        values.push_back(to_sql(one.event));
        values.push_back(to_sql(batch.now));
        values.push_back(to_sql(one.decision));
    };
    TRY(out.decided, session.run_many(kDecide, batch.events.size(), row));
    CHECK(write_enforcements(session, batch, out.decided));
    return out;
}

} // namespace attune::flow
