#include "storage/list_filter.hpp"

namespace attune {

ListFilter& ListFilter::add_bound(std::string_view condition, const SqlValue& value) {
    // What is bound outlives the filter's maker.
    values_.push_back(value.kind() == SqlValue::Kind::text ? SqlValue::owned(std::string(value.as_text())) : value);
    return add(numbered(condition, values_.size()));
}

ListFilter& ListFilter::mentions(std::initializer_list<std::string_view> columns, std::string_view text) {
    const auto pattern = bind("%" + like_literal(to_lower(text)) + "%");
    std::vector<std::string> any;
    for (const auto column : columns) {
        any.push_back(fmt::format("lower(coalesce(\"{}\", '')) like {} escape '\\'", column, pattern));
    }
    return add("(" + join(any, " or ") + ")");
}

std::string ListFilter::like_literal(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '%' || c == '_' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

Result<std::int64_t> ListFilter::count(Session& session, std::string_view table) const {
    std::int64_t out = 0;
    const Session::RowSink sink = [&](const Row& row) -> Result<void> {
        out = row.integer(0);
        return {};
    };
    CHECK(session.run_text(fmt::format("select count(*) from {}{}", table, where_), values_, &sink));
    return out;
}

} // namespace attune
