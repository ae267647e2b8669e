#include "base/reflect.hpp"

#include <cstring>

namespace attune {
namespace {

template <class T>
bool copy(void* to, const void* from) {
    *static_cast<T*>(to) = *static_cast<const T*>(from);
    return true;
}

bool copy_list(const Type& type, void* to, const void* from) {
    type.list->clear(to);
    const auto size = type.list->size(from);
    type.list->reserve(to, size);
    for (std::size_t i = 0; i < size; ++i)
        assign(*type.element, type.list->append(to), *type.element, type.list->at(from, i));
    return true;
}

bool copy_map(const Type& type, void* to, const void* from) {
    struct Into {
        const Type& type;
        void* map;
    } into{type, to};
    type.map->clear(to);
    type.map->each(
        from,
        [](void* context, const std::string& key, const void* value) {
            const auto& [map_type, map] = *static_cast<Into*>(context);
            assign(*map_type.element, map_type.map->insert(map, key), *map_type.element, value);
        },
        &into);
    return true;
}

/// From an optional of any form, or what it would hold.
bool assign_optional(const Type& type, void* to, const Type& from_type, const void* from) {
    const bool nested = from_type.is_optional();
    const auto* content = nested ? from_type.optional->content(from) : from;
    if (content == nullptr) {
        type.optional->reset(to);
        return true;
    }
    return assign(*type.element, type.optional->emplace(to), nested ? *from_type.element : from_type, content);
}

bool copy_same(const Type& type, void* to, const void* from) {
    switch (type.kind) {
    case Kind::boolean: return copy<bool>(to, from);
    case Kind::integer:
    case Kind::enumeration: std::memcpy(to, from, type.size); return true;
    case Kind::real: return copy<double>(to, from);
    case Kind::text: return copy<std::string>(to, from);
    case Kind::id: return copy<std::int64_t>(to, from);
    case Kind::timestamp:
    case Kind::duration: return copy<Duration>(to, from);
    case Kind::json: return copy<json::value>(to, from);
    case Kind::object: return copy<json::object>(to, from);
    case Kind::array: return copy<json::array>(to, from);
    case Kind::list: return copy_list(type, to, from);
    case Kind::map: return copy_map(type, to, from);
    case Kind::optional:
    case Kind::omittable:
    case Kind::patch: return assign_optional(type, to, type, from);
    case Kind::structure: assign_fields(type.structure(), to, type.structure(), from); return true;
    case Kind::custom: break;
    }
    return false;
}

bool is_empty(const Type& type, const void* from) {
    if (type.kind == Kind::text) return static_cast<const std::string*>(from)->empty();
    if (type.kind == Kind::object) return static_cast<const json::object*>(from)->empty();
    if (type.kind == Kind::array) return static_cast<const json::array*>(from)->empty();
    return type.kind == Kind::list && type.list->size(from) == 0;
}

void clear(const Type& type, void* value) {
    if (type.is_optional()) type.optional->reset(value);
    if (type.kind == Kind::text) static_cast<std::string*>(value)->clear();
    if (type.kind == Kind::json) *static_cast<json::value*>(value) = json::object{};
    if (type.kind == Kind::object) static_cast<json::object*>(value)->clear();
    if (type.kind == Kind::array) static_cast<json::array*>(value)->clear();
    if (type.kind == Kind::list) type.list->clear(value);
}

/// What a member of a body says: leave alone, clear, or write `content`.
struct Given {
    bool is_given = false;
    const Type* type = nullptr;
    const void* content = nullptr;
};
Given given(const Type& type, const void* member) {
    if (!type.is_optional()) return {true, &type, member};
    const auto* content = type.optional->content(member);
    // `present` is the first member of every Patch.
    const bool is_given = content != nullptr || (type.kind == Kind::patch && *static_cast<const bool*>(member));
    return {is_given, type.element, content};
}

} // namespace

bool assign(const Type& to_type, void* to, const Type& from_type, const void* from) {
    if (&to_type == &from_type) return copy_same(to_type, to, from);
    if (to_type.kind == Kind::json) {
        *static_cast<json::value*>(to) = encode_json(from_type, from);
        return true;
    }
    if (!to_type.is_optional()) return false;
    const bool holds_it = &from_type == to_type.element || from_type.element == to_type.element;
    if (!holds_it || (to_type.kind == Kind::omittable && is_empty(from_type, from))) return false;
    return assign_optional(to_type, to, from_type, from);
}

void assign_given(const Structure& row_structure, void* row, const Structure& body_structure, const void* body) {
    for (const auto& field : body_structure.fields) {
        const auto* to = row_structure.find(field.name);
        const auto member = given(*field.type, field.of(body));
        if (to == nullptr || !member.is_given) continue;
        if (member.content == nullptr) {
            clear(*to->type, to->of(row));
        } else {
            assign(*to->type, to->of(row), *member.type, member.content);
        }
    }
}

void assign_fields(const Structure& to_structure, void* to, const Structure& from_structure, const void* from) {
    for (const auto& field : to_structure.fields) {
        if (const auto* source = from_structure.find(field.name)) {
            assign(*field.type, field.of(to), *source->type, source->of(from));
        }
    }
}

} // namespace attune
