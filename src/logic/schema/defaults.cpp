#include "logic/schema/defaults.hpp"

namespace attune::logic::schema {

void fill_defaults(const json::value& param_schema, json::object& params) {
    const auto* properties = find_member(param_schema, "properties");
    const auto* schema =
        properties != nullptr && properties->is_object() ? properties->if_object() : param_schema.if_object();
    if (schema == nullptr) return;
    for (const auto& [name, described] : *schema) {
        const auto* fallback = find_member(described, "default");
        if (fallback == nullptr) continue;
        auto& value = params[name];
        if (value.is_null()) value = *fallback;
    }
}

} // namespace attune::logic::schema
