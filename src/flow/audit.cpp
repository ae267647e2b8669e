#include "flow/audit.hpp"

#include "base/text.hpp"
#include "logic/audit/differences.hpp"

namespace attune::flow {
namespace {

const NewOf<AuditEvent> kNew{"audit_event.insert"};

constexpr std::size_t kLongest = 1024;

void cut(std::optional<std::string>& text) {
    if (text && text->size() > kLongest) text->resize(utf8_cut(*text, kLongest));
}

} // namespace

AuditEvent audit_event_of(const Actor& actor, AuditOutcome outcome) {
    AuditEvent out;
    out.created = actor.at;
    out.category = actor.category;
    out.event_type = actor.event_type;
    if (actor.category == AuditCategory::auth) {
        out.event_type += outcome == AuditOutcome::success ? ".success" : ".failure";
    }
    out.outcome = outcome;
    out.actor_identity = actor.identity;
    out.actor_login = actor.login;
    out.actor_token_type = actor.token_type;
    out.actor_ip = actor.address;
    out.actor_user_agent = actor.user_agent;
    out.request_id = actor.request_id;
    out.resource_type = actor.resource;
    out.resource_ref = actor.resource_ref;
    out.http_method = actor.http_method;
    out.http_path = actor.http_path;
    return out;
}

Result<void> record_touched(Session& session, const Actor& actor, std::span<const Touched> things) {
    if (things.empty()) return record_audit(session, audit_event_of(actor, AuditOutcome::success));
    for (const auto& thing : things) {
        auto row = audit_event_of(actor, AuditOutcome::success);
        row.resource_type = thing.type;
        row.resource_id = thing.id;
        row.resource_ref = thing.ref;
        row.details = logic::audit::describe({thing.before, thing.after});
        CHECK(record_audit(session, std::move(row)));
    }
    return {};
}

Result<void> record_audit(Session& session, AuditEvent event) {
    for (auto* text : {&event.actor_login, &event.actor_ip, &event.actor_user_agent, &event.request_id,
                       &event.resource_ref, &event.http_path}) {
        cut(*text);
    }
    return session.create(kNew, event);
}

} // namespace attune::flow
