#include "api/routes/views.hpp"

namespace attune::api {
namespace {

template <class To, class From>
void show(To& to, const From& from) {
    to = from;
}
template <class T>
void show(Omittable<T>& to, const std::optional<T>& from) {
    if (from) to.emplace(*from);
}
/// What is empty is left out.
template <class T>
void show(Omittable<T>& to, const T& from) {
    if (!from.empty()) to.emplace(from);
}

/// The members of the row that have the names of the view's.
template <class View, class T>
View view_of(const T& row) {
    View view;
    boost::mp11::mp_for_each<members_of<View>>([&](auto to) {
        boost::mp11::mp_for_each<members_of<T>>([&](auto from) {
            using ToMember = std::remove_cvref_t<decltype(view.*to.pointer)>;
            using FromMember = std::remove_cvref_t<decltype(row.*from.pointer)>;
            constexpr bool same_name = std::string_view(to.name) == std::string_view(from.name);
            if constexpr (same_name && requires(ToMember& t, const FromMember& f) { show(t, f); }) {
                show(view.*to.pointer, row.*from.pointer);
            }
        });
    });
    return view;
}

} // namespace

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
