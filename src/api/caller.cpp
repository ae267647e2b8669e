#include "api/caller.hpp"

namespace attune::api {

bool Caller::may(Resource resource, Right right, Target target) const {
    target.attributes = attributes;
    return allows(grants, resource, right, target);
}

Result<void> Caller::require(Resource resource, Right right, Target target) const {
    if (!may(resource, right, std::move(target))) return insufficient(resource, right);
    return {};
}

const json::value* Caller::about(std::string_view member) const {
    return metadata ? metadata->if_contains(member) : nullptr;
}

std::optional<ExecutionId> Caller::own_execution() const {
    if (token_type != TokenType::execution) return std::nullopt;
    const auto* id = about("execution_id");
    if (id == nullptr || !id->is_int64()) return std::nullopt;
    return ExecutionId{id->get_int64()};
}

} // namespace attune::api
