#include "api/envelopes.hpp"

#include <algorithm>

namespace attune::api {

ATTUNE_FIELDS(Pagination, page, page_size, total_items, total_pages, has_previous, has_next);
ATTUNE_FIELDS(PageQuery, page, page_size);
ATTUNE_FIELDS(PerPage20, page, per_page, include_total);
ATTUNE_FIELDS(PerPage50, page, per_page, include_total);

namespace {

// Beyond it (page - 1) * limit could overflow; no store has so many rows.
constexpr std::int64_t kMostPages = std::int64_t{1} << 40U;

Result<PageWindow> make_window(std::int64_t page, std::int64_t size, const char* size_name, std::int64_t most) {
    const auto refuse = [](const char* name, std::int64_t got) {
        return Error{Errc::bad_request, fmt::format("expected 1 or more, got {}", got), name};
    };
    if (page < 1 || page > kMostPages) return refuse("page", page);
    if (size < 1) return refuse(size_name, size);
    return PageWindow{page, size, std::min(size, most)};
}

} // namespace

Pagination PageWindow::pagination(bool has_next, std::optional<std::int64_t> total) const {
    Pagination out{page, requested, {}, {}, page > 1, has_next};
    if (total) {
        out.total_items.emplace(*total);
        out.total_pages.emplace((*total + limit - 1) / limit);
    }
    return out;
}

Result<PageWindow> PageQuery::window(std::int64_t most) const {
    return make_window(page, page_size, "page_size", most);
}
Result<PageWindow> PerPage20::window(std::int64_t most) const {
    return make_window(page, per_page, "per_page", most);
}
Result<PageWindow> PerPage50::window(std::int64_t most) const {
    return make_window(page, per_page, "per_page", most);
}

} // namespace attune::api
