#include "logic/packs/pack_files.hpp"

namespace attune::logic::packs {

ATTUNE_FIELDS(PackFile, ref, name, label, version, description, config_schema, conf_schema, metadata, meta, keywords,
              tags, runtime_deps, dependencies, is_standard, config);
ATTUNE_FIELDS(RuntimeFile, name, description, aliases, distributions, installation, execution_config);
ATTUNE_FIELDS(TriggerFile, label, description, enabled, parameters, output);
ATTUNE_FIELDS(ActionFile, label, description, entry_point, runner_type, parameters, output, parameter_delivery,
              parameter_format, output_format, runtime_version, required_worker_runtimes, worker_selector,
              worker_tolerations, worker_affinity, accesses_mcp, default_execution_permission_set_refs,
              log_retention_policy, log_retention_limit, artifact_retention_policy, artifact_retention_limit,
              timeout_seconds, max_retries, workflow_file);
ATTUNE_FIELDS(RuleFile, label, description, trigger_ref, action_ref, enabled, conditions, action_params, trigger_params,
              permission_set_refs);
ATTUNE_FIELDS(CalendarFile, label, description, definition, ics);
ATTUNE_FIELDS(PermissionSetFile, label, description, grants);

} // namespace attune::logic::packs
