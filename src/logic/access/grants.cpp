#include "logic/access/grants.hpp"

#include <algorithm>

namespace attune::logic::access {

ATTUNE_FIELDS(GrantConstraints, pack_refs, refs, ids, owner, owner_types, owner_refs, visibility, execution_scope,
              encrypted, attributes);
ATTUNE_FIELDS(Grant, resource, actions, constraints);

namespace {

template <class T>
bool one_of(const Omittable<std::vector<T>>& allowed, const std::optional<T>& actual) {
    if (!allowed) return true;
    return actual && std::find(allowed->begin(), allowed->end(), *actual) != allowed->end();
}

bool owner_holds(const Omittable<OwnerRule>& wanted, const std::optional<OwnerRule>& actual) {
    if (!wanted || *wanted == OwnerRule::any) return true;
    return actual == *wanted;
}

bool execution_holds(const Omittable<ExecutionScope>& wanted, const std::optional<ExecutionScope>& actual) {
    if (!wanted || *wanted == ExecutionScope::any) return true;
    if (*wanted == ExecutionScope::descendants) {
        return actual == ExecutionScope::self || actual == ExecutionScope::descendants;
    }
    return actual == ExecutionScope::self;
}

bool holds(const GrantConstraints& c, const Target& target) {
    return one_of(c.pack_refs, target.pack_ref) && one_of(c.refs, target.ref) && one_of(c.ids, target.id) &&
           owner_holds(c.owner, target.owner) && one_of(c.owner_types, target.owner_type) &&
           one_of(c.owner_refs, target.owner_ref) && one_of(c.visibility, target.visibility) &&
           execution_holds(c.execution_scope, target.execution) && (!c.encrypted || target.encrypted == *c.encrypted) &&
           attributes_hold(c.attributes, target.attributes);
}

constexpr DecodeOptions kStrict{.unknown = DecodeOptions::Unknown::refuse};

void grant_own(std::vector<Grant>& grants, const std::string& owner_type, std::vector<std::string> owner_refs) {
    if (owner_refs.empty()) return;
    GrantConstraints own;
    own.owner_types.emplace({owner_type});
    own.owner_refs.emplace(std::move(owner_refs));
    Omittable<GrantConstraints> constraints;
    constraints.emplace(std::move(own));
    grants.push_back({Resource::keys, {Right::read, Right::decrypt}, constraints});
    grants.push_back(
        {Resource::artifacts, {Right::read, Right::create, Right::update, Right::delete_}, std::move(constraints)});
}

} // namespace

bool names(const Grant& grant, Resource resource, Right right) {
    return grant.resource == resource &&
           std::find(grant.actions.begin(), grant.actions.end(), right) != grant.actions.end();
}

bool attributes_hold(const Omittable<json::object>& wanted, const json::object& actual) {
    if (!wanted) return true;
    return std::all_of(wanted->begin(), wanted->end(), [&](const auto& member) {
        const auto* value = actual.if_contains(member.key());
        return value != nullptr && *value == member.value();
    });
}

bool allows(const std::vector<Grant>& grants, Resource resource, Right right, const Target& target) {
    return std::any_of(grants.begin(), grants.end(), [&](const Grant& grant) {
        return names(grant, resource, right) && (!grant.constraints || holds(*grant.constraints, target));
    });
}

bool allows_some(const std::vector<Grant>& grants, Resource resource, Right right) {
    return std::any_of(grants.begin(), grants.end(), [&](const Grant& grant) { return names(grant, resource, right); });
}

bool covers(const std::vector<Grant>& held, const std::vector<Grant>& wanted) {
    const auto held_for = [&](const Grant& grant, Right right) {
        return std::any_of(held.begin(), held.end(), [&](const Grant& own) {
            return names(own, grant.resource, right) &&
                   (!own.constraints ||
                    (grant.constraints && to_json(*own.constraints) == to_json(*grant.constraints)));
        });
    };
    return std::all_of(wanted.begin(), wanted.end(), [&](const Grant& grant) {
        return std::all_of(grant.actions.begin(), grant.actions.end(),
                           [&](Right right) { return held_for(grant, right); });
    });
}

Result<std::vector<Grant>> read_grants(const json::array& grants, std::string_view field) {
    return from_json<std::vector<Grant>>(json::value(grants), std::string(field), kStrict);
}

std::vector<Grant> grants_of(const PermissionSet& set) {
    std::vector<Grant> out;
    for (const auto& one : set.grants) {
        auto grant = from_json<Grant>(one, "grants", kStrict);
        if (grant) out.push_back(*std::move(grant));
    }
    return out;
}

std::vector<Grant> sensor_grants() {
    return {{Resource::events, {Right::create}, {}},
            {Resource::triggers, {Right::read}, {}},
            {Resource::rules, {Right::read}, {}}};
}

std::vector<Grant> standard_grants(const json::object& token_metadata) {
    std::vector<Grant> grants;
    grant_own(grants, "action", texts_of(token_metadata, "standard_access_action_refs"));
    grant_own(grants, "pack", texts_of(token_metadata, "standard_access_pack_refs"));
    return grants;
}

std::vector<std::string> texts_of(const json::object& token_metadata, std::string_view member) {
    std::vector<std::string> out;
    const auto* list = token_metadata.if_contains(member);
    if (list == nullptr || !list->is_array()) return out;
    for (const auto& one : list->get_array()) {
        if (one.is_string()) out.emplace_back(one.get_string());
    }
    return out;
}

Error insufficient(Resource resource, Right right) {
    return Error{Errc::forbidden,
                 fmt::format("Insufficient permissions: {}:{}", enum_name(resource), enum_name(right))};
}

} // namespace attune::logic::access
