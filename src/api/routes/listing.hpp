#pragma once
#include "api/caller.hpp"
#include "api/context.hpp"
#include "api/envelopes.hpp"

#include <functional>

namespace attune::api {

/// The conditions of a list of definitions: fixed columns, values bound.
class Filter {
public:
    Filter& equals(std::string_view column, std::string_view value) {
        values_.push_back(SqlValue::owned(std::string(value)));
        return condition(fmt::format("\"{}\" = ${}", column, values_.size()));
    }
    Filter& is_true(std::string_view column) { return condition(fmt::format("\"{}\" = true", column)); }
    /// Any of the columns has the text somewhere, whatever its case.
    Filter& mentions(std::initializer_list<std::string_view> columns, std::string_view text);

    /// " where ... and ...", or nothing.
    const std::string& where() const { return where_; }
    std::span<const SqlValue> values() const { return values_; }

private:
    Filter& condition(const std::string& text) {
        where_ += (where_.empty() ? " where " : " and ") + text;
        return *this;
    }
    std::string where_;
    std::vector<SqlValue> values_;
};

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

/// Which of a kind the caller may read; an empty function when it may read all. Refers to the caller.
template <Described T>
std::function<bool(const T&)> readable_by(const Caller& caller, Resource resource) {
    if (caller.may(resource, Right::read)) return {};
    return [&caller, resource](const T& one) { return caller.may(resource, Right::read, target_of(one)); };
}

/// One page of the visible definitions in the order of their refs, with the total. Definitions are few: those that
/// grants hide are left out here, not in SQL.
template <Described T>
Result<Page<T>> list_page(Session& session, const Filter& filter, const PageWindow& window,
                          const std::function<bool(const T&)>& visible) {
    std::vector<T> rows;
    std::int64_t total = 0;
    const Session::RowSink sink = [&](const Row& row) -> Result<void> {
        TRY(auto one, read_row<T>(row));
        if (visible && !visible(one)) return {};
        const auto index = total++;
        if (index >= window.offset() && index <= window.offset() + window.limit) rows.push_back(std::move(one));
        return {};
    };
    const auto text = fmt::format("select {} from {}{} order by ref", columns<T>(), table_name<T>(), filter.where());
    CHECK(session.run_text(text, filter.values(), &sink));
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
