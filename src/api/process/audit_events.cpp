#include "api/process/audit_events.hpp"

#include "base/text.hpp"

namespace attune::api {

ATTUNE_FIELDS_AFTER(PerPage50, AuditQuery, category, event_type, outcome, actor_identity, actor_login, actor_ip,
                    resource_type, resource_id, resource_ref, request_id, since, until);

namespace {

constexpr std::int64_t kMostOfRequest = 1000;

const QueryOf<AuditEvent> kGet{"api.audit_event.get", "select {columns} from audit_event where id = $1"};
const QueryOf<AuditEvent> kOfRequest{"api.audit_event.of_request",
                                     "select {columns} from audit_event where request_id = $1 order by id limit $2"};

} // namespace

const ListSource& audit_list() {
    static const std::string kHead = sql::for_table(structure_of<AuditEvent>(), "select {columns} from {table}");
    static const ListSource kSource{kHead, "audit_event"};
    return kSource;
}

ListFilter filter_of(const AuditQuery& query) {
    ListFilter out;
    out.equals("request_id", query.request_id)
        .equals("resource_ref", query.resource_ref)
        .equals("resource_id", query.resource_id)
        .equals("actor_login", query.actor_login)
        .equals("actor_ip", query.actor_ip)
        .equals("actor_identity", query.actor_identity)
        .equals("event_type", query.event_type)
        .equals("resource_type", query.resource_type)
        .equals("category", query.category)
        .equals("outcome", query.outcome);
    out.add("created >= $?", query.since).add("created < $?", query.until);
    return out;
}

void AuditRoutes::declare(Router& router) {
    const std::string base = "/api/v1/audit-events";
    router.get(base, &AuditRoutes::list, *this, context_)
        .summary("List who did what, or was denied it, newest first")
        .needs(Resource::audit_log, Right::read);
    router.get(base + "/{id}", &AuditRoutes::get, *this, context_)
        .summary("Read an entry of the audit log")
        .needs(Resource::audit_log, Right::read);
    router.get(base + "/by-request/{request_id}", &AuditRoutes::of_request, *this, context_)
        .summary("All that one request did, in order")
        .needs(Resource::audit_log, Right::read);
}

Result<Page<AuditEvent>> AuditRoutes::list(Session& session, const api::Query<AuditQuery>& query) {
    TRY(const auto window, shallow(query->window()));
    return list_newest<AuditEvent>(session, audit_list(), filter_of(*query), window, query->include_total);
}

Result<Data<AuditEvent>> AuditRoutes::get(Session& session, const Path<AuditEventId>& id) {
    TRY(auto found, session.find<AuditEvent>(kGet, *id));
    if (!found) return no_such("Audit event", id->value);
    return Data{*std::move(found)};
}

Result<Data<std::vector<AuditEvent>>> AuditRoutes::of_request(Session& session, const Path<std::string>& request_id) {
    TRY(auto rows, session.all<AuditEvent>(kOfRequest, to_lower(*request_id), kMostOfRequest));
    if (rows.empty()) return Error{Errc::not_found, fmt::format("Request '{}' not found", *request_id)};
    return Data{std::move(rows)};
}

} // namespace attune::api
