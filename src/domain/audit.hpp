#pragma once
#include "base/reflect.hpp"

namespace attune {

using AuditEventId = Id<struct AuditEventTag>;

enum class AuditCategory : std::uint8_t { api, auth, rbac, secret, admin, execution, pack };
ATTUNE_ENUM(AuditCategory, api, auth, rbac, secret, admin, execution, pack)
enum class AuditOutcome : std::uint8_t { success, failure, denied };
ATTUNE_ENUM(AuditOutcome, success, failure, denied)

/// What somebody did, failed to do, or was denied. Never changed.
struct AuditEvent {
    AuditEventId id;
    Timestamp created;
    AuditCategory category = AuditCategory::api;
    std::string event_type; ///< "definition.rule.changed"
    AuditOutcome outcome = AuditOutcome::success;
    std::optional<IdentityId> actor_identity;
    std::optional<std::string> actor_login; ///< of a failed login: the one that was tried
    std::optional<std::string> actor_token_type;
    std::optional<std::string> actor_ip;
    std::optional<std::string> actor_user_agent;
    std::optional<std::string> request_id; ///< the same in all that one request did
    std::optional<std::string> resource_type;
    std::optional<std::int64_t> resource_id;
    std::optional<std::string> resource_ref;
    std::optional<std::string> http_method;
    std::optional<std::string> http_path;
    std::optional<std::int64_t> http_status;
    std::optional<json::object> details; ///< {operation?, before?, after?, error?, …}
};
ATTUNE_STRUCT(AuditEvent);

} // namespace attune
