#include "domain/event.hpp"

namespace attune {

ATTUNE_ROW(Event, "event", id, trigger, trigger_ref, config, payload, source, source_ref, rule, rule_ref, timer,
           nominal, delivery, created, decided_at, decision);
ATTUNE_ROW(Enforcement, "enforcement", id, rule, rule_ref, trigger_ref, event, config, payload, status, condition,
           conditions, created, resolved_at);

} // namespace attune
