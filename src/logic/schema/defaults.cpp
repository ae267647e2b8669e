#include "logic/schema/defaults.hpp"

#include "logic/schema/param_shape.hpp"

namespace attune::logic::schema {

void fill_defaults(const json::value& param_schema, json::object& params) {
    const auto* parameters = parameters_of(param_schema);
    if (parameters == nullptr) return;
    for (const auto& [name, spec] : *parameters) {
        const auto* fallback = find_member(spec, "default");
        if (fallback == nullptr) continue;
        auto& value = params[name];
        if (value.is_null()) value = *fallback;
    }
}

} // namespace attune::logic::schema
