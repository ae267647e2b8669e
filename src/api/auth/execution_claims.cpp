#include "api/auth/execution_claims.hpp"

#include "domain/pack.hpp"

namespace attune::api {

Claims execution_claims(const Execution& execution, Timestamp now, Duration timeout) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    Claims claims;
    claims.sub = std::to_string(execution.executor.value_or(IdentityId{}).value);
    claims.login = fmt::format("execution:{}", execution.id.value);
    claims.iat = seconds;
    claims.exp = seconds + timeout / 1s + 60;
    claims.token_type.emplace(TokenType::execution);
    claims.scope.emplace("execution");
    claims.metadata.emplace(
        json::object{{"execution_id", execution.id.value},
                     {"action_ref", execution.action_ref},
                     {"permission_set_refs", to_json(execution.permission_set_refs)},
                     {"standard_access_action_refs", json::array{json::string(execution.action_ref)}},
                     {"standard_access_pack_refs", json::array{json::string(pack_of(execution.action_ref))}}});
    return claims;
}

} // namespace attune::api
