#include "api/flow/evaluations.hpp"

#include "api/common/history_list.hpp"
#include "flow/events.hpp"

#include <algorithm>

namespace attune::api {

ATTUNE_FIELDS_AFTER(PerPage50, EvaluationQuery, outcome, rule_ref);

void EvaluationRoutes::declare(Router& router) {
    router.get("/api/v1/events/{id}/evaluations", &EvaluationRoutes::list, *this, context_)
        .summary("List the rules that an event met, and what became of each")
        .description("In the order of the rules' ids. Empty while the event is not decided, and when no enabled rule "
                     "uses its trigger.")
        .needs(Resource::events, Right::read);
}

Result<Page<Evaluation>> EvaluationRoutes::list(Session& session, const Path<EventId>& id,
                                                const Query<EvaluationQuery>& query) {
    TRY(const auto window, shallow(query->window()));
    TRY(const auto event, flow::find_event(session, *id));
    if (!event) return no_such("Event", id->value);
    auto lines = evaluations_of(event->decision);
    std::erase_if(lines, [&](const Evaluation& line) {
        return (query->outcome && line.outcome != *query->outcome) ||
               (query->rule_ref && line.rule_ref != *query->rule_ref);
    });
    return window.page_within(std::move(lines), query->include_total);
}

} // namespace attune::api
