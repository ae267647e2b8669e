#pragma once
#include "api/common/history_list.hpp"
#include "api/context.hpp"
#include "api/flow/execution_views.hpp"
#include "api/flow/secrets.hpp"
#include "api/router.hpp"
#include "domain/event.hpp"
#include "live/thing.hpp"

namespace attune::api {

using live::EnforcementSummary;

struct EnforcementQuery : PerPage50 {
    std::optional<std::int64_t> rule;
    std::optional<std::int64_t> event;
    std::optional<EnforcementStatus> status;
    std::optional<std::string> trigger_ref;
    std::optional<std::string> rule_ref;
};
ATTUNE_STRUCT(EnforcementQuery);

inline constexpr ListSource kEnforcementList{
    "select id, rule, rule_ref, trigger_ref, event, status, condition, created from enforcement", "enforcement"};

/// What a query's filters mean. `ref_of_rule`: the ref of query.rule (see ref_of).
ListFilter filter_of(const EnforcementQuery& query, const std::optional<std::string>& ref_of_rule);

/// Reading which rules matched which events.
class EnforcementRoutes {
public:
    explicit EnforcementRoutes(Context& context) : context_(context) {}
    void declare(Router& router);

    Result<Page<EnforcementSummary>> list(Session& session, const api::Query<EnforcementQuery>& query);
    Result<Data<Enforcement>> get(Session& session, const Path<EnforcementId>& id, const api::Query<SecretQuery>& query,
                                  const Caller& caller);
    Result<Page<ExecutionSummary>> executions(Session& session, const Path<EnforcementId>& id,
                                              const api::Query<PerPage20>& query);

private:
    Context& context_;
};

} // namespace attune::api
