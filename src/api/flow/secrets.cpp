#include "api/flow/secrets.hpp"

#include "domain/sealed_value.hpp"
#include "flow/definitions.hpp"
#include "flow/secrets.hpp"

namespace attune::api {

ATTUNE_FIELDS(SecretQuery, include_secret_values);

namespace {

Result<void> put_back(Session& session, std::span<const SealedValue> sealed, std::string_view column,
                      json::object& values) {
    if (sealed.empty()) return {};
    TRY(const auto* vault, session.vault());
    CHECK(flow::unseal(*vault, sealed, column, values));
    return {};
}

/// The object that an action's output became, or null.
json::object* data_of(std::optional<json::value>& result) {
    auto* object = result ? result->if_object() : nullptr;
    auto* data = object == nullptr ? nullptr : object->if_contains("data");
    return data == nullptr ? nullptr : data->if_object();
}

} // namespace

Result<void> may_see(const Caller& caller, const SecretQuery& query) {
    return query.include_secret_values ? caller.require(Resource::keys, Right::decrypt) : Result<void>{};
}

Result<Execution> with_secrets(Session& session, Execution execution) {
    if (execution.config && logic::schema::has_mask(*execution.config)) {
        TRY(const auto sealed, flow::sealed_parameters(session, execution));
        CHECK(put_back(session, sealed, "config", *execution.config));
    }
    if (auto* data = data_of(execution.result); data != nullptr && logic::schema::has_mask(*data)) {
        TRY(const auto sealed, flow::sealed_values(session, SealedIn::execution, execution.id.value));
        CHECK(put_back(session, sealed, "result/data", *data));
    }
    return execution;
}

Result<Enforcement> with_secrets(Session& session, Enforcement enforcement) {
    if (!enforcement.config || !logic::schema::has_mask(*enforcement.config)) return enforcement;
    TRY(const auto sealed, flow::sealed_values(session, SealedIn::enforcement, enforcement.id.value));
    CHECK(put_back(session, sealed, "config", *enforcement.config));
    return enforcement;
}

Result<Execution> without_secrets(Session& session, Execution execution) {
    if (!execution.config) return execution;
    TRY(const auto action, flow::find_action(session, execution.action_ref));
    if (action && action->param_schema)
        logic::schema::take_secrets(json::value(*action->param_schema), *execution.config);
    return execution;
}

} // namespace attune::api
