#pragma once
#include "api/common/history_list.hpp"
#include "api/context.hpp"
#include "api/router.hpp"
#include "domain/audit.hpp"

namespace attune::api {

struct AuditQuery : PerPage50 {
    std::optional<AuditCategory> category;
    std::optional<std::string> event_type;
    std::optional<AuditOutcome> outcome;
    std::optional<std::int64_t> actor_identity;
    std::optional<std::string> actor_login;
    std::optional<std::string> actor_ip;
    std::optional<std::string> resource_type;
    std::optional<std::int64_t> resource_id;
    std::optional<std::string> resource_ref;
    std::optional<std::string> request_id;
    std::optional<Timestamp> since; ///< from this time on
    std::optional<Timestamp> until; ///< before this time
};
ATTUNE_STRUCT(AuditQuery);

/// What a query's filters mean.
ListFilter filter_of(const AuditQuery& query);

const ListSource& audit_list();

/// Reading who did what.
class AuditRoutes {
public:
    explicit AuditRoutes(Context& context) : context_(context) {}
    void declare(Router& router);

    Result<Page<AuditEvent>> list(Session& session, const api::Query<AuditQuery>& query);
    Result<Data<AuditEvent>> get(Session& session, const Path<AuditEventId>& id);
    Result<Data<std::vector<AuditEvent>>> of_request(Session& session, const Path<std::string>& request_id);

private:
    Context& context_;
};

} // namespace attune::api
