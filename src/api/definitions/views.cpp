#include "api/definitions/views.hpp"

#include "base/reflect.hpp"

namespace attune::api {

ATTUNE_FIELDS(RuleSummary, id, ref, pack_ref, label, description, action_ref, trigger_ref, action_params,
              trigger_params, permission_set_refs, enabled, created, updated);
ATTUNE_FIELDS(RuleView, id, ref, pack, pack_ref, label, description, action, action_ref, trigger, trigger_ref,
              conditions, action_params, trigger_params, permission_set_refs, enabled, is_adhoc, owner_identity,
              created, updated);
ATTUNE_FIELDS(TriggerSummary, id, ref, pack_ref, label, description, enabled, webhook_enabled, created, updated);
ATTUNE_FIELDS(TriggerView, id, ref, pack, pack_ref, label, description, enabled, param_schema, out_schema,
              webhook_enabled, webhook_key, is_adhoc, sensor, sensor_ref, created, updated);
ATTUNE_FIELDS(ActionSummary, id, ref, pack_ref, label, description, entrypoint, runtime, runtime_ref,
              runtime_version_constraint, accesses_mcp, default_execution_permission_set_refs, created, updated);
ATTUNE_FIELDS(ActionView, id, ref, pack, pack_ref, label, description, entrypoint, runtime, runtime_ref,
              runtime_version_constraint, required_worker_runtimes, worker_selector, worker_tolerations,
              worker_affinity, param_schema, out_schema, parameter_delivery, parameter_format, output_format, is_adhoc,
              timeout_seconds, max_retries, accesses_mcp, default_execution_permission_set_refs, log_retention_policy,
              log_retention_limit, artifact_retention_policy, artifact_retention_limit, created, updated);
ATTUNE_FIELDS(RuntimeView, id, ref, pack, pack_ref, description, name, aliases, distributions, installation,
              execution_config, created, updated);
ATTUNE_FIELDS(PackSummary, id, ref, label, description, version, tags, is_standard, created, updated);
ATTUNE_FIELDS(PackView, id, ref, label, description, version, conf_schema, config, meta, tags, runtime_deps,
              dependencies, is_standard, created, updated);

RuleSummary RuleSummary::of(const Rule& row) {
    return view_of<RuleSummary>(row);
}
RuleView RuleView::of(const Rule& row) {
    return view_of<RuleView>(row);
}
TriggerSummary TriggerSummary::of(const Trigger& row) {
    return view_of<TriggerSummary>(row);
}
TriggerView TriggerView::of(const Trigger& row) {
    return view_of<TriggerView>(row);
}
ActionSummary ActionSummary::of(const Action& row) {
    return view_of<ActionSummary>(row);
}
ActionView ActionView::of(const Action& row) {
    return view_of<ActionView>(row);
}
RuntimeView RuntimeView::of(const Runtime& row) {
    return view_of<RuntimeView>(row);
}
PackSummary PackSummary::of(const Pack& row) {
    return view_of<PackSummary>(row);
}
PackView PackView::of(const Pack& row) {
    return view_of<PackView>(row);
}

} // namespace attune::api
