#pragma once
#include "api/http_message.hpp"
#include "base/reflect.hpp"

/// What handlers return: each is one of the API's envelopes.
namespace attune::api {

/// {"data": ..., "message"?: "..."}
template <class T>
struct Data {
    T data;
    std::optional<std::string> message = {};
    std::optional<int> status = {}; ///< when not the route's
    Headers headers = {};           ///< beside those of every answer (cookies)
};
template <class T>
Data(T) -> Data<T>;
template <class T>
Data(T, const char*) -> Data<T>;

/// {"page":1,"page_size":50,"total_items":...,"total_pages":...,"has_previous":false,"has_next":true}
struct Pagination {
    std::int64_t page = 1;
    std::int64_t page_size = 50; ///< as asked for, even when fewer rows are given
    Omittable<std::int64_t> total_items;
    Omittable<std::int64_t> total_pages;
    bool has_previous = false;
    bool has_next = false;
};
ATTUNE_STRUCT(Pagination);

/// {"items":[...],"pagination":{...}}; made by PageWindow::page.
template <class T>
struct Page {
    std::vector<T> items;
    Pagination pagination;
};

/// {"success":true,"message":"..."}
struct Deleted {
    std::string message;
};

/// JSON without an envelope: for the few routes of the contract that have none.
template <class T>
struct Bare {
    T value;
};

/// Anything else: other media types, streams, cookies, redirects.
using Raw = RawResponse;

/// The rows that a page means. Ask the store for limit + 1 rows at `offset`; the surplus tells whether there is a next
/// page.
struct PageWindow {
    std::int64_t page = 1;
    std::int64_t requested = 50; ///< what the client asked for; echoed
    std::int64_t limit = 50;     ///< what it gets
    std::int64_t offset() const { return (page - 1) * limit; }

    /// `rows`: up to limit + 1 of them. `total`: when it was counted.
    template <class T>
    Page<T> page_of(std::vector<T> rows, std::optional<std::int64_t> total = {}) const {
        const bool more = static_cast<std::int64_t>(rows.size()) > limit;
        if (more) rows.resize(static_cast<std::size_t>(limit));
        return Page<T>{std::move(rows), pagination(more, total)};
    }
    /// The page of what is in memory whole.
    template <class T>
    Page<T> page_within(std::vector<T> all, bool counted = true) const {
        const auto total = static_cast<std::int64_t>(all.size());
        const auto first = std::min(offset(), total);
        const auto last = std::min(first + limit + 1, total);
        std::vector<T> rows(std::make_move_iterator(all.begin() + first), std::make_move_iterator(all.begin() + last));
        return page_of(std::move(rows), counted ? std::optional(total) : std::nullopt);
    }
    Pagination pagination(bool has_next, std::optional<std::int64_t> total) const;
};

/// ?page=1&page_size=50: at most 100 rows.
struct PageQuery {
    std::int64_t page = 1;
    std::int64_t page_size = 50;
    Result<PageWindow> window(std::int64_t most = 100) const;
};
ATTUNE_STRUCT(PageQuery);

/// ?page=1&per_page=20&include_total=false: executions and artifacts; at most 100 rows.
struct PerPage20 {
    std::int64_t page = 1;
    std::int64_t per_page = 20;
    bool include_total = false;
    Result<PageWindow> window(std::int64_t most = 100) const;
};
ATTUNE_STRUCT(PerPage20);

/// ?page=1&per_page=50&include_total=false: events, enforcements, keys, queues, audit; at most 1000 rows.
struct PerPage50 {
    std::int64_t page = 1;
    std::int64_t per_page = 50;
    bool include_total = false;
    Result<PageWindow> window(std::int64_t most = 1000) const;
};
ATTUNE_STRUCT(PerPage50);

} // namespace attune::api
