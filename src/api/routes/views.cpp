#include "api/routes/views.hpp"

#include "api/routes/view_of.hpp"

namespace attune::api {
RuleSummary RuleSummary::of(const Rule& row) {
    return view_of<RuleSummary>(row);
}
RuleView RuleView::of(const Rule& row) {
    return view_of<RuleView>(row);
}
TriggerSummary TriggerSummary::of(const Trigger& row) {
    return view_of<TriggerSummary>(row);
}
TriggerView TriggerView::of(const Trigger& row) {
    return view_of<TriggerView>(row);
}
ActionSummary ActionSummary::of(const Action& row) {
    return view_of<ActionSummary>(row);
}
ActionView ActionView::of(const Action& row) {
    return view_of<ActionView>(row);
}
RuntimeView RuntimeView::of(const Runtime& row) {
    return view_of<RuntimeView>(row);
}
PackSummary PackSummary::of(const Pack& row) {
    return view_of<PackSummary>(row);
}
PackView PackView::of(const Pack& row) {
    return view_of<PackView>(row);
}

} // namespace attune::api
