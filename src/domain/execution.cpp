#include "domain/execution.hpp"

namespace attune {

ATTUNE_ROW(Execution, "execution", id, action, action_ref, config, env_vars, parent, enforcement, event, event_created,
           rule_ref, trigger_ref, executor, permission_set_refs, artifact_retention_policy, artifact_retention_limit,
           worker_selector, worker_tolerations, worker_affinity, placement, status, worker, worker_epoch, claim, result,
           retry_count, max_retries, retry_reason, original_execution, due, overlap_rule, waiting, created, updated,
           scheduled_at, started_at, finished_at);
ATTUNE_ROW(Placement, "placement", id, key, requirement);
ATTUNE_ROW(OutputChunk, "execution_output", execution, stream, position, content);

} // namespace attune
