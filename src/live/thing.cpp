#include "live/thing.hpp"

namespace attune::live {

ATTUNE_FIELDS(EventSummary, id, trigger, trigger_ref, source, source_ref, rule, rule_ref, has_payload, created);
ATTUNE_FIELDS_AFTER(EventSummary, EventRow, timer, nominal, decided_at, decision);
ATTUNE_FIELDS(EnforcementSummary, id, rule, rule_ref, trigger_ref, event, status, condition, created);
ATTUNE_FIELDS_AFTER(EnforcementSummary, EnforcementRow, resolved_at);
ATTUNE_FIELDS(ExecutionRow, id, action, action_ref, event, enforcement, rule_ref, trigger_ref, parent, executor, status,
              result, created, updated, started_at, finished_at);

} // namespace attune::live
