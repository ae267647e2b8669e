#include "api/routes/secrets.hpp"

#include "flow/definitions.hpp"
#include "logic/schema/params.hpp"

namespace attune::api {

Result<Execution> without_secrets(Session& session, Execution execution) {
    if (!execution.config) return execution;
    TRY(const auto action, flow::find_action(session, execution.action_ref));
    if (!action) {
        for (auto& parameter : *execution.config) parameter.value() = kMask;
        return execution;
    }
    if (!action->param_schema) return execution;
    for (const auto& name : logic::schema::secret_names(*action->param_schema)) {
        if (auto* value = execution.config->if_contains(name); value != nullptr && !value->is_null()) *value = kMask;
    }
    return execution;
}

} // namespace attune::api
