#include "domain/audit.hpp"

namespace attune {

ATTUNE_ROW(AuditEvent, "audit_event", id, created, category, event_type, outcome, actor_identity, actor_login,
           actor_token_type, actor_ip, actor_user_agent, request_id, resource_type, resource_id, resource_ref,
           http_method, http_path, http_status, details);

} // namespace attune
