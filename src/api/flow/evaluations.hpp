#pragma once
#include "api/context.hpp"
#include "api/envelopes.hpp"
#include "api/router.hpp"
#include "domain/evaluation.hpp"

namespace attune::api {

struct EvaluationQuery : PerPage50 {
    std::optional<EvaluationOutcome> outcome;
    std::optional<std::string> rule_ref;
};
ATTUNE_STRUCT(EvaluationQuery);

/// Reading what became of each rule that an event met.
class EvaluationRoutes {
public:
    explicit EvaluationRoutes(Context& context) : context_(context) {}
    void declare(Router& router);

    Result<Page<Evaluation>> list(Session& session, const Path<EventId>& id, const Query<EvaluationQuery>& query);

private:
    Context& context_;
};

} // namespace attune::api
