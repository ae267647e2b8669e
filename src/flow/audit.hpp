#pragma once
#include "domain/audit.hpp"
#include "flow/effects.hpp"
#include "storage/session.hpp"

namespace attune::flow {

/// Who changes something, over which request, and what the request is for. What is not known is left out.
struct Actor {
    Timestamp at;
    std::optional<IdentityId> identity;
    std::optional<std::string> login;
    std::optional<std::string> token_type;
    std::optional<std::string> address;
    std::optional<std::string> user_agent;
    std::optional<std::string> request_id;
    std::optional<std::string> http_method;
    std::optional<std::string> http_path;
    AuditCategory category = AuditCategory::api;
    std::string event_type;                  ///< of the route: "definition.rule.changed"
    std::optional<std::string> resource;     ///< what it is about, as the route says: its kind ...
    std::optional<std::string> resource_ref; ///< ... and its ref or id, as the path says
    bool recorded = false;                   ///< what it did: with a change that was committed
};

/// A row about what the actor did, without the thing that it was done to. Types of logins end with what became of them:
/// "auth.login.success".
AuditEvent audit_event_of(const Actor& actor, AuditOutcome outcome);

/// Records that the actor touched these things; one row each, or one in all when it touched none. In the transaction of
/// the change.
Result<void> record_touched(Session& session, const Actor& actor, std::span<const Touched> things);

/// Records one row. Texts that came from a client are cut to 1024 bytes.
Result<void> record_audit(Session& session, AuditEvent event);

} // namespace attune::flow
