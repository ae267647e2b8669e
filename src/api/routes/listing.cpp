#include "api/routes/listing.hpp"

#include "base/text.hpp"

namespace attune::api {
namespace {

/// `text` as a pattern of `like` with '!' as the escape character.
std::string containing(std::string_view text) {
    std::string out = "%";
    for (const char c : to_lower(text)) {
        if (c == '%' || c == '_' || c == '!') out += '!';
        out += c;
    }
    return out + "%";
}

} // namespace

Filter& Filter::mentions(std::initializer_list<std::string_view> columns, std::string_view text) {
    values_.push_back(SqlValue::owned(containing(text)));
    std::string any;
    for (const auto column : columns) {
        if (!any.empty()) any += " or ";
        any += fmt::format("lower(coalesce(\"{}\", '')) like ${} escape '!'", column, values_.size());
    }
    return condition("(" + any + ")");
}

Error absent(std::string_view kind, std::string_view ref) {
    return Error{Errc::not_found, fmt::format("{} '{}' not found", kind, ref)};
}

} // namespace attune::api
