#include "domain/rule.hpp"

namespace attune {

ATTUNE_ROW(Rule, "rule", id, ref, pack, pack_ref, label, description, action, action_ref, trigger, trigger_ref,
           conditions, action_params, trigger_params, permission_set_refs, enabled, is_adhoc, owner_identity,
           generation, created, updated);

} // namespace attune
