#pragma once
#include "base/id.hpp"
#include "base/json.hpp"
#include "base/reflect.hpp"
#include "domain/identity.hpp"

#include <optional>
#include <string>
#include <vector>

/// Who may do what: pure functions over grants.
namespace attune::logic::access {

enum class Resource : std::uint8_t {
    packs,
    actions,
    queues,
    rules,
    triggers,
    executions,
    events,
    enforcements,
    inquiries,
    keys,
    artifacts,
    runtimes,
    workers,
    retention,
    identities,
    permissions,
    audit_log,
    metrics
};
ATTUNE_ENUM(Resource, packs, actions, queues, rules, triggers, executions, events, enforcements, inquiries, keys,
            artifacts, runtimes, workers, retention, identities, permissions, audit_log, metrics)

/// What is done to a resource: the "actions" of a grant.
enum class Right : std::uint8_t {
    read,
    create,
    install,
    configure,
    update,
    delete_,
    execute,
    cancel,
    respond,
    manage,
    decrypt
};
ATTUNE_ENUM(Right, read, create, install, configure, update, delete_, execute, cancel, respond, manage, decrypt)

enum class OwnerRule : std::uint8_t { self, any, none };
ATTUNE_ENUM(OwnerRule, self, any, none)

enum class ExecutionScope : std::uint8_t { self, descendants, any };
ATTUNE_ENUM(ExecutionScope, self, descendants, any)

/// Conditions on the thing touched; all that are given must hold.
struct GrantConstraints {
    Omittable<std::vector<std::string>> pack_refs;
    Omittable<std::vector<std::string>> refs;
    Omittable<std::vector<std::int64_t>> ids;
    Omittable<OwnerRule> owner;
    Omittable<std::vector<std::string>> owner_types;
    Omittable<std::vector<std::string>> owner_refs;
    Omittable<std::vector<std::string>> visibility;
    Omittable<ExecutionScope> execution_scope;
    Omittable<bool> encrypted;
    Omittable<json::object> attributes; ///< members the acting identity's own attributes must equal
};
ATTUNE_STRUCT(GrantConstraints);

struct Grant {
    Resource resource = Resource::packs;
    std::vector<Right> actions = {};
    Omittable<GrantConstraints> constraints = {};
};
ATTUNE_STRUCT(Grant);

/// What is known of the thing touched. A constraint on something that is not given here does not hold.
struct Target {
    std::optional<std::string> pack_ref = {};
    std::optional<std::string> ref = {};
    std::optional<std::int64_t> id = {};
    std::optional<OwnerRule> owner = {}; ///< `self`: owned by the caller; `any`: by somebody else; `none`: by nobody
    std::optional<std::string> owner_type = {}; ///< "pack", "identity"...
    std::optional<std::string> owner_ref = {};
    std::optional<std::string> visibility = {};
    std::optional<ExecutionScope> execution = {}; ///< `self`: started by the caller; `descendants`: below one of those
    std::optional<bool> encrypted = {};
    json::object attributes = {}; ///< of the acting identity
};

/// Whether one grant allows the action on this target. Without a target: whether a grant without constraints does.
bool allows(const std::vector<Grant>& grants, Resource resource, Right right, const Target& target = {});

/// Whether a grant is about this right at all, whatever its constraints.
bool names(const Grant& grant, Resource resource, Right right);

/// Whether the members that a constraint wants are those of the acting identity.
bool attributes_hold(const Omittable<json::object>& wanted, const json::object& actual);

/// Whether there is any target that a grant may allow the action on: who lists then filters by allows().
bool allows_some(const std::vector<Grant>& grants, Resource resource, Right right);

/// Whether `held` allows all that `wanted` allows, by the text of the constraints: a caller may only hand on grants
/// it holds, unconstrained or with the same constraints.
bool covers(const std::vector<Grant>& held, const std::vector<Grant>& wanted);

/// The grants of a permission set's row. Errors: `invalid` below `field`: a resource, a right or a constraint that is
/// not known.
Result<std::vector<Grant>> read_grants(const json::array& grants, std::string_view field);

/// The grants that a set's row holds; those this server does not know are left out.
std::vector<Grant> grants_of(const PermissionSet& set);

/// What any sensor may do: record events, and read triggers and rules.
std::vector<Grant> sensor_grants();

/// The set "standard" of an execution: the keys and artifacts of its own actions and packs, as the metadata of its
/// token lists them.
std::vector<Grant> standard_grants(const json::object& token_metadata);

/// The texts of a list in a token's metadata; none where there is no such list.
std::vector<std::string> texts_of(const json::object& token_metadata, std::string_view member);

/// "Insufficient permissions: rules:update".
Error insufficient(Resource resource, Right right);

} // namespace attune::logic::access
