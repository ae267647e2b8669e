#include "base/type.hpp"

#include <algorithm>

namespace attune {

const Field* Structure::find(std::string_view field) const {
    const auto found = std::ranges::find(fields, field, &Field::name);
    return found == fields.end() ? nullptr : &*found;
}

namespace detail {

std::vector<Field> with_base(const Structure& base, std::size_t offset, std::span<const Field> own) {
    std::vector<Field> out;
    out.reserve(base.fields.size() + own.size());
    for (auto field : base.fields) {
        field.offset += offset;
        out.push_back(field);
    }
    out.insert(out.end(), own.begin(), own.end());
    return out;
}

} // namespace detail
} // namespace attune
