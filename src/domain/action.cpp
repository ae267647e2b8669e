#include "domain/action.hpp"

namespace attune {

ATTUNE_ROW(Action, "action", id, ref, pack, pack_ref, label, description, entrypoint, runtime, runtime_ref,
           runtime_version_constraint, required_worker_runtimes, worker_selector, worker_tolerations, worker_affinity,
           param_schema, out_schema, parameter_delivery, parameter_format, output_format, is_adhoc, timeout_seconds,
           max_retries, accesses_mcp, default_execution_permission_set_refs, log_retention_policy, log_retention_limit,
           artifact_retention_policy, artifact_retention_limit, generation, created, updated);

} // namespace attune
