#include "live/thing.hpp"

namespace attune::live {

ATTUNE_FIELDS(EventSummary, id, trigger, trigger_ref, source, source_ref, rule, rule_ref, has_payload, created);
ATTUNE_FIELDS_AFTER(EventSummary, EventRow, timer, nominal, decided_at, decision);
ATTUNE_FIELDS(EnforcementSummary, id, rule, rule_ref, trigger_ref, event, status, condition, created);
ATTUNE_FIELDS_AFTER(EnforcementSummary, EnforcementRow, resolved_at);
ATTUNE_FIELDS(ExecutionRow, id, action, action_ref, event, enforcement, rule_ref, trigger_ref, parent, executor, status,
              result, created, updated, started_at, finished_at);

Thing thing_of(EventRow row) {
    const auto state = row.decided_at ? EventState::decided : EventState::recorded;
    return {Kind::event, row.id.value, static_cast<State>(state), row.created, {}, std::move(row)};
}

Thing thing_of(EnforcementRow row) {
    return {Kind::enforcement, row.id.value, static_cast<State>(row.status), row.created, row.event, std::move(row)};
}

Thing thing_of(ExecutionRow row) {
    return {Kind::execution, row.id.value, static_cast<State>(row.status), row.created, row.event, std::move(row)};
}

} // namespace attune::live
