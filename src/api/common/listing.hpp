#pragma once
#include "api/caller.hpp"
#include "api/context.hpp"
#include "api/envelopes.hpp"
#include "storage/list_filter.hpp"

namespace attune::api {

/// "Rule 'a.b' not found".
Error absent(std::string_view kind, std::string_view ref);

/// What grants look at of a definition.
template <Described T>
Target target_of(const T& definition) {
    Target out;
    out.id = definition.id.value;
    out.ref = definition.ref;
    if constexpr (requires { definition.pack_ref; }) {
        out.pack_ref = definition.pack_ref;
    } else {
        out.pack_ref = definition.ref; // a pack itself
    }
    return out;
}

/// The columns that the constraints of grants are about; empty when the table has none of it: such a constraint does
/// not hold for its rows.
struct TargetColumns {
    std::string_view id = "id";
    std::string_view ref = "ref";
    std::string_view pack_ref = "pack_ref";
    std::string_view owner_type = {};
    std::string_view owner_ref = {};
    std::string_view owner_identity = {};
    std::string_view encrypted = {};
};

/// What Caller::may() says of each row, as a condition of SQL with values bound in the filter: whether any grant of the
/// caller allows it.
std::string allowed_condition(ListFilter& filter, const Caller& caller, Resource resource, Right right,
                              const TargetColumns& columns = {});
/// Leaves what is allowed.
void keep_allowed(ListFilter& filter, const Caller& caller, Resource resource, Right right,
                  const TargetColumns& columns = {});

/// One page of the definitions in the order of their refs, with the total.
template <Described T>
Result<Page<T>> list_page(Session& session, const ListFilter& filter, const PageWindow& window) {
    const auto table = table_name<T>();
    const auto head = fmt::format("select {} from {}", columns<T>(), table);
    TRY(auto rows, filter.select<T>(session, head, " order by ref", window.limit + 1, window.offset()));
    TRY(const auto total, filter.count(session, table));
    return window.page_of(std::move(rows), total);
}

/// The same page as clients see it: View::of(row).
template <class View, class T>
Page<View> shown_as(Page<T> page) {
    Page<View> out;
    out.pagination = std::move(page.pagination);
    out.items.reserve(page.items.size());
    for (const auto& one : page.items) out.items.push_back(View::of(one));
    return out;
}

} // namespace attune::api
