#include "flow/explanations.hpp"

namespace attune::flow {
namespace {

const Query kDecision{"event.decision", "select decision from event where id = $1 {for_update}"};
const Query kExplain{"event.explain", "update event set decision = $2 where id = $1"};

} // namespace

Result<void> Explanations::load(Session& session, const std::set<EventId>& events) {
    for (const auto event : events) {
        if (written_.contains(event)) continue;
        TRY(auto decision, session.scalar<std::optional<json::value>>(kDecision, event));
        if (decision && *decision) changed_[event] = **std::move(decision);
    }
    return {};
}

json::value* Explanations::changed(EventId event) {
    if (const auto at = changed_.find(event); at != changed_.end()) return &at->second;
    const auto at = written_.find(event);
    return at == written_.end() ? nullptr : &changed_.emplace(event, *at->second).first->second;
}

Result<void> Explanations::write(Session& session) const {
    std::vector<const std::pair<const EventId, json::value>*> rows;
    for (const auto& one : changed_) rows.push_back(&one);
    const Session::RowSource row = [&](std::size_t i, std::vector<SqlValue>& values) {
        values.push_back(to_sql(rows[i]->first));
        values.push_back(to_sql(rows[i]->second));
    };
    CHECK(session.run_many(kExplain, rows.size(), row));
    return {};
}

} // namespace attune::flow
