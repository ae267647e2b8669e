#include "logic/matching/path.hpp"

#include "base/text.hpp"

#include <charconv>

namespace attune::logic::matching {
namespace {

const json::value* step_into(const json::value& from, std::string_view segment) {
    const auto* list = from.if_array();
    if (list == nullptr) return find_member(from, segment);
    std::size_t index = 0;
    const auto* end = segment.data() + segment.size();
    const auto parsed = std::from_chars(segment.data(), end, index);
    const bool valid = parsed.ec == std::errc{} && parsed.ptr == end && index < list->size();
    return valid ? &(*list)[index] : nullptr;
}

} // namespace

const json::value* walk(const json::value& from, std::string_view path) {
    const json::value* at = &from;
    for (const auto segment : split(path, '.')) {
        at = segment.empty() ? nullptr : step_into(*at, segment);
        if (at == nullptr) return nullptr;
    }
    return at;
}

} // namespace attune::logic::matching
