#include "api/auth/caller.hpp"

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

} // namespace attune::api
