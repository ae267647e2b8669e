#pragma once
#include "api/context.hpp"
#include "api/envelopes.hpp"
#include "storage/list_filter.hpp"

namespace attune::api {

/// How deep the lists of the flow's history may be paged: they grow without end, and an offset is walked.
inline constexpr std::int64_t kDeepestRow = 100'000;

/// The window, unless it lies beyond the deepest row. Errors: `bad_request`.
inline Result<PageWindow> shallow(Result<PageWindow> window) {
    if (!window) return window;
    if (window->offset() + window->limit > kDeepestRow) {
        return Error{Errc::bad_request, fmt::format("expected one of the first {} rows; use filters", kDeepestRow),
                     "page"};
    }
    return window;
}

/// The ref of a definition that a list is filtered by, for its index; "", which is nobody's, for one that is not there.
/// Asked for first: a database that sees the ref itself knows how many rows have it.
inline Result<std::optional<std::string>> ref_of(Session& session, const attune::Query& query,
                                                 std::optional<std::int64_t> id) {
    if (!id) return std::optional<std::string>{};
    TRY(auto ref, session.scalar<std::string>(query, *id));
    return std::optional{std::move(ref).value_or("")};
}

/// What a list reads.
struct ListSource {
    std::string_view head;  ///< "select a, b from t"
    std::string_view table; ///< for the count
};

/// One page of a list, newest (highest id) first.
template <Described T>
Result<Page<T>> list_newest(Session& session, const ListSource& source, const ListFilter& filter,
                            const PageWindow& window, bool include_total) {
    TRY(auto rows, filter.select<T>(session, source.head, filter.newest_first(), window.limit + 1, window.offset()));
    std::optional<std::int64_t> total;
    if (include_total) {
        TRY(total, filter.count(session, source.table));
    }
    return window.page_of(std::move(rows), total);
}

/// The same list with each row turned into what clients see.
template <class To, class From>
Page<To> mapped(Page<From> from, To (*make)(const From&)) {
    Page<To> out;
    out.pagination = std::move(from.pagination);
    for (const auto& row : from.items) out.items.push_back(make(row));
    return out;
}

inline Error no_such(std::string_view kind, std::int64_t id) {
    return Error{Errc::not_found, fmt::format("{} {} not found", kind, id)};
}

} // namespace attune::api
