#include "base/reflect.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace attune {
namespace {

Error wrong_type(const std::string& path, std::string_view expected, const json::value& got) {
    return invalid(path, fmt::format("expected {}, got {}", expected, excerpt(got)));
}

template <class T>
T& as(void* place) {
    return *static_cast<T*>(place);
}

/// The number as the bits of an integer of the type; nothing when it is none, or beyond the type's range.
std::optional<std::uint64_t> fitting_integer(const Type& type, const json::value& v) {
    const unsigned bits = type.size * 8U - (type.is_signed ? 1U : 0U);
    const std::uint64_t most = std::numeric_limits<std::uint64_t>::max() >> (64U - bits);
    if (v.is_uint64()) return v.get_uint64() <= most ? std::optional(v.get_uint64()) : std::nullopt;
    std::int64_t n = 0;
    if (v.is_int64()) {
        n = v.get_int64();
    } else if (v.is_double() && std::trunc(v.get_double()) == v.get_double() && std::abs(v.get_double()) < 9e15) {
        n = static_cast<std::int64_t>(v.get_double());
    } else {
        return std::nullopt;
    }
    if (n >= 0) return static_cast<std::uint64_t>(n) <= most ? std::optional<std::uint64_t>(n) : std::nullopt;
    const bool fits = type.is_signed && static_cast<std::uint64_t>(-(n + 1)) <= most;
    return fits ? std::optional(static_cast<std::uint64_t>(n)) : std::nullopt;
}

Result<void> decode_integer(const Type& type, const json::value& from, const std::string& path, void* to) {
    const auto bits = fitting_integer(type, from);
    if (!bits) return wrong_type(path, type.is_signed ? "a whole number" : "a whole number, 0 or more", from);
    store_integer(type, static_cast<std::int64_t>(*bits), to);
    return {};
}

Result<void> decode_id(const json::value& from, const std::string& path, void* to) {
    static constexpr Type number = type_of<std::int64_t>;
    const auto bits = fitting_integer(number, from);
    if (!bits) return wrong_type(path, "a whole number", from);
    const auto value = static_cast<std::int64_t>(*bits);
    if (value <= 0) return wrong_type(path, "an id (a positive whole number)", from);
    std::memcpy(to, &value, sizeof value);
    return {};
}

Result<void> decode_text(const json::value& from, const std::string& path, void* to) {
    if (!from.is_string()) return wrong_type(path, "a string", from);
    as<std::string>(to) = std::string_view(from.get_string());
    return {};
}

template <class T>
Result<void> keep_parsed(Result<T> parsed, const std::string& path, void* to) {
    if (!parsed) {
        parsed.error().field = path;
        return std::move(parsed).error();
    }
    as<T>(to) = *parsed;
    return {};
}

Result<void> decode_enumeration(const Type& type, const json::value& from, const std::string& path, void* to) {
    if (from.is_string()) {
        if (const auto found = detail::find_name(type.names, std::string_view(from.get_string()))) {
            store_integer(type, static_cast<std::int64_t>(*found), to);
            return {};
        }
    }
    auto error = wrong_type(path, "one of " + detail::join_names(type.names), from);
    const auto meant = from.is_string() ? closest(from.get_string(), {type.names.begin(), type.names.end()}) : "";
    if (!meant.empty()) error.message += fmt::format("; did you mean '{}'?", meant);
    return error;
}

Result<void> decode_list(const Type& type, const json::value& from, const std::string& path, DecodeOptions options,
                         void* to) {
    if (!from.is_array()) return wrong_type(path, "an array", from);
    type.list->clear(to);
    type.list->reserve(to, from.get_array().size());
    std::size_t index = 0;
    for (const auto& item : from.get_array()) {
        CHECK(decode_json(*type.element, item, join_path(path, index++), options, type.list->append(to)));
    }
    return {};
}

Result<void> decode_map(const Type& type, const json::value& from, const std::string& path, DecodeOptions options,
                        void* to) {
    if (!from.is_object()) return wrong_type(path, "an object", from);
    type.map->clear(to);
    for (const auto& [key, member] : from.get_object()) {
        CHECK(decode_json(*type.element, member, join_path(path, std::string_view(key)), options,
                          type.map->insert(to, key)));
    }
    return {};
}

Result<void> decode_optional(const Type& type, const json::value& from, const std::string& path, DecodeOptions options,
                             void* to) {
    if (from.is_null()) {
        type.optional->reset(to);
        return {};
    }
    return decode_json(*type.element, from, path, options, type.optional->emplace(to));
}

Result<void> decode_patch(const Type& type, const json::value& from, const std::string& path, DecodeOptions options,
                          void* to) {
    const auto* op = find_member(from, "op");
    if (op == nullptr || !op->is_string()) return decode_optional(type, from, path, options, to);
    if (op->get_string() == "clear") {
        type.optional->reset(to);
        return {};
    }
    if (op->get_string() != "set") return decode_optional(type, from, path, options, to);
    const auto* value = find_member(from, "value");
    if (value == nullptr) return invalid(join_path(path, "value"), "expected the new value beside \"op\":\"set\"");
    return decode_optional(type, *value, join_path(path, "value"), options, to);
}

std::string described_type(const Type& type) {
    const auto schema = schema_of(type);
    const auto* name = schema.if_contains("type");
    return name != nullptr && name->is_string() ? std::string(name->get_string()) : "any value";
}

Result<void> refuse_unknown(const Structure& structure, const json::object& from, const std::string& path) {
    for (const auto& [key, ignored] : from) {
        if (structure.find(key) != nullptr) continue;
        std::vector<std::string_view> known;
        for (const auto& field : structure.fields) known.push_back(field.name);
        const auto meant = closest(key, known);
        return invalid(join_path(path, std::string_view(key)),
                       meant.empty() ? "is not known" : fmt::format("is not known; did you mean '{}'?", meant));
    }
    return {};
}

Result<void> decode_structure(const Structure& structure, const json::value& from, const std::string& path,
                              DecodeOptions options, void* to) {
    if (!from.is_object()) return wrong_type(path.empty() ? "body" : path, "an object", from);
    const auto& object = from.get_object();
    for (const auto& field : structure.fields) {
        if (const auto* member = object.if_contains(field.name)) {
            CHECK(decode_json(*field.type, *member, join_path(path, field.name), options, field.of(to)));
        } else if (!field.type->is_optional() && options.missing == DecodeOptions::Missing::required) {
            return invalid(join_path(path, field.name), fmt::format("is required ({})", described_type(*field.type)));
        }
    }
    if (options.unknown == DecodeOptions::Unknown::refuse) return refuse_unknown(structure, object, path);
    return {};
}

} // namespace

void store_integer(const Type& type, std::int64_t value, void* to) {
    std::memcpy(to, &value, type.size); // little-endian: the low bytes come first
}

Result<void> decode_json(const Type& type, const json::value& from, const std::string& path, DecodeOptions options,
                         void* to) {
    switch (type.kind) {
    case Kind::boolean:
        if (!from.is_bool()) return wrong_type(path, "true or false", from);
        as<bool>(to) = from.get_bool();
        return {};
    case Kind::integer: return decode_integer(type, from, path, to);
    case Kind::real:
        if (!from.is_number()) return wrong_type(path, "a number", from);
        as<double>(to) = from.to_number<double>();
        return {};
    case Kind::text: return decode_text(from, path, to);
    case Kind::id: return decode_id(from, path, to);
    case Kind::timestamp:
        if (!from.is_string()) return wrong_type(path, "an RFC 3339 time", from);
        return keep_parsed(parse_timestamp(std::string_view(from.get_string())), path, to);
    case Kind::duration:
        return keep_parsed(parse_duration(from.is_string() ? std::string(from.get_string()) : to_text(from)), path, to);
    case Kind::json: as<json::value>(to) = from; return {};
    case Kind::object:
        if (!from.is_object()) return wrong_type(path, "an object", from);
        as<json::object>(to) = from.get_object();
        return {};
    case Kind::array:
        if (!from.is_array()) return wrong_type(path, "an array", from);
        as<json::array>(to) = from.get_array();
        return {};
    case Kind::enumeration: return decode_enumeration(type, from, path, to);
    case Kind::list: return decode_list(type, from, path, options, to);
    case Kind::map: return decode_map(type, from, path, options, to);
    case Kind::optional:
    case Kind::omittable: return decode_optional(type, from, path, options, to);
    case Kind::patch: return decode_patch(type, from, path, options, to);
    case Kind::structure: return decode_structure(type.structure(), from, path, options, to);
    case Kind::custom: return type.custom->decode(from, path, to);
    }
    return {};
}

} // namespace attune
