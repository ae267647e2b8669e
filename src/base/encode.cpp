#include "base/reflect.hpp"

#include <cstring>

namespace attune {
namespace {

template <class T>
const T& as(const void* place) {
    return *static_cast<const T*>(place);
}

json::value encode_integer(const Type& type, const void* from) {
    const auto value = load_integer(type, from);
    return type.is_signed ? json::value(value) : json::value(static_cast<std::uint64_t>(value));
}

json::value encode_list(const Type& type, const void* from) {
    json::array out;
    const auto size = type.list->size(from);
    out.reserve(size);
    for (std::size_t i = 0; i < size; ++i) out.push_back(encode_json(*type.element, type.list->at(from, i)));
    return json::value(std::move(out));
}

json::value encode_map(const Type& type, const void* from) {
    struct Into {
        const Type& element;
        json::object object;
    } into{*type.element, {}};
    type.map->each(
        from,
        [](void* context, const std::string& key, const void* value) {
            auto& to = *static_cast<Into*>(context);
            to.object[key] = encode_json(to.element, value);
        },
        &into);
    return json::value(std::move(into.object));
}

json::value encode_structure(const Structure& structure, const void* from) {
    json::object out;
    out.reserve(structure.fields.size());
    for (const auto& field : structure.fields) {
        const auto* member = field.of(from);
        const bool left_out = field.type->kind == Kind::omittable && field.type->optional->content(member) == nullptr;
        if (!left_out) out.emplace(field.name, encode_json(*field.type, member));
    }
    return json::value(std::move(out));
}

json::object list_of_names(std::span<const std::string_view> names) {
    json::array out;
    for (const auto name : names) out.emplace_back(json::string(name));
    return {{"type", "string"}, {"enum", std::move(out)}};
}

json::object schema_of_optional(const Type& type) {
    auto out = schema_of(*type.element);
    if (auto* name = out.if_contains("type"); name != nullptr && name->is_string()) {
        const auto text = name->get_string();
        *name = json::array{text, "null"};
    }
    return out;
}

json::object schema_of_patch(const Type& type) {
    json::object properties{{"op", json::object{{"enum", json::array{"set", "clear"}}}},
                            {"value", schema_of(*type.element)}};
    return {{"oneOf", json::array{schema_of_optional(type), json::object{{"type", "object"},
                                                                         {"required", json::array{"op"}},
                                                                         {"properties", std::move(properties)}}}}};
}

json::object schema_of_structure(const Structure& structure) {
    json::object properties;
    json::array required;
    for (const auto& field : structure.fields) {
        auto schema = schema_of(*field.type);
        if (!field.text.empty()) schema["description"] = field.text;
        properties[field.name] = std::move(schema);
        if (!field.type->is_optional()) required.emplace_back(json::string(field.name));
    }
    json::object out{{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty()) out["required"] = std::move(required);
    return out;
}

json::object schema_of_integer(const Type& type) {
    json::object out{{"type", "integer"}};
    if (!type.is_signed) out["minimum"] = 0;
    return out;
}

} // namespace

std::int64_t load_integer(const Type& type, const void* from) {
    std::int64_t value = 0;
    std::memcpy(&value, from, type.size); // little-endian: the low bytes come first
    const unsigned unused = 64U - type.size * 8U;
    if (type.is_signed) value = static_cast<std::int64_t>(static_cast<std::uint64_t>(value) << unused) >> unused;
    return value;
}

json::value encode_json(const Type& type, const void* from) {
    switch (type.kind) {
    case Kind::boolean: return json::value(as<bool>(from));
    case Kind::integer: return encode_integer(type, from);
    case Kind::real: return json::value(as<double>(from));
    case Kind::text: return json::value(json::string(as<std::string>(from)));
    case Kind::id: return json::value(as<Id<void>>(from).value);
    case Kind::timestamp: return json::value(json::string(format_timestamp(as<Timestamp>(from))));
    case Kind::duration: return json::value(json::string(format_duration(as<Duration>(from))));
    case Kind::json: return as<json::value>(from);
    case Kind::object: return json::value(as<json::object>(from));
    case Kind::array: return json::value(as<json::array>(from));
    case Kind::enumeration:
        return json::value(json::string(type.names[static_cast<std::size_t>(load_integer(type, from))]));
    case Kind::list: return encode_list(type, from);
    case Kind::map: return encode_map(type, from);
    case Kind::optional:
    case Kind::omittable:
    case Kind::patch: {
        const auto* content = type.optional->content(from);
        return content == nullptr ? json::value(nullptr) : encode_json(*type.element, content);
    }
    case Kind::structure: return encode_structure(type.structure(), from);
    case Kind::custom: return type.custom->encode(from);
    }
    return nullptr;
}

json::object schema_of(const Type& type) {
    switch (type.kind) {
    case Kind::boolean: return {{"type", "boolean"}};
    case Kind::integer: return schema_of_integer(type);
    case Kind::real: return {{"type", "number"}};
    case Kind::text: return {{"type", "string"}};
    case Kind::id: return {{"type", "integer"}, {"format", "int64"}};
    case Kind::timestamp: return {{"type", "string"}, {"format", "date-time"}};
    case Kind::duration: return {{"type", "string"}, {"description", "a duration: 500ms, 10s, 5m, 2h, 7d"}};
    case Kind::json: return {};
    case Kind::object: return {{"type", "object"}};
    case Kind::array: return {{"type", "array"}, {"items", json::object{}}};
    case Kind::enumeration: return list_of_names(type.names);
    case Kind::list: return {{"type", "array"}, {"items", schema_of(*type.element)}};
    case Kind::map: return {{"type", "object"}, {"additionalProperties", schema_of(*type.element)}};
    case Kind::optional: return schema_of_optional(type);
    case Kind::omittable: return schema_of(*type.element);
    case Kind::patch: return schema_of_patch(type);
    case Kind::structure: return schema_of_structure(type.structure());
    case Kind::custom: return type.custom->schema();
    }
    return {};
}

} // namespace attune
