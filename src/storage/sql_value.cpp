#include "storage/sql_value.hpp"

namespace attune {
namespace {

template <class T>
const T& as(const void* place) {
    return *static_cast<const T*>(place);
}

Result<void> read_enumeration(const Type& type, std::string_view text, void* value) {
    const auto found = detail::find_name(type.names, text);
    if (!found) {
        return Error{Errc::internal, fmt::format("the database holds '{}' where one of {} belongs", text,
                                                 detail::join_names(type.names))};
    }
    store_integer(type, static_cast<std::int64_t>(*found), value);
    return {};
}

Result<void> read_optional(const Type& type, const Row& row, int column, void* value) {
    if (row.is_null(column)) {
        type.optional->reset(value);
        return {};
    }
    return from_sql(*type.element, row, column, type.optional->emplace(value));
}

Result<void> read_json(const Type& type, const Row& row, int column, void* value) {
    TRY(auto document, parse_json(row.text(column), {.depth = 256}));
    if (type.kind == Kind::json) {
        *static_cast<json::value*>(value) = std::move(document);
        return {};
    }
    if (type.kind == Kind::object && document.is_object()) {
        *static_cast<json::object*>(value) = std::move(document.get_object());
        return {};
    }
    return decode_json(type, document, {}, {}, value);
}

} // namespace

SqlValue to_sql(const Type& type, const void* value) {
    switch (type.kind) {
    case Kind::boolean: return SqlValue::boolean(as<bool>(value));
    case Kind::integer: return SqlValue::integer(load_integer(type, value));
    case Kind::real: return SqlValue::real(as<double>(value));
    case Kind::text: return SqlValue::text(as<std::string>(value));
    case Kind::id: return SqlValue::integer(as<Id<void>>(value).value);
    case Kind::timestamp: return SqlValue::timestamp(as<Timestamp>(value));
    case Kind::enumeration: return SqlValue::text(type.names[static_cast<std::size_t>(load_integer(type, value))]);
    case Kind::optional: {
        const auto* content = type.optional->content(value);
        return content == nullptr ? SqlValue::null() : to_sql(*type.element, content);
    }
    case Kind::json: return SqlValue::owned(to_text(as<json::value>(value)));
    case Kind::duration:
    case Kind::object:
    case Kind::array:
    case Kind::list:
    case Kind::map:
    case Kind::omittable:
    case Kind::patch:
    case Kind::structure:
    case Kind::custom: break;
    }
    return SqlValue::owned(to_text(encode_json(type, value)));
}

Result<void> from_sql(const Type& type, const Row& row, int column, void* value) {
    switch (type.kind) {
    case Kind::boolean: *static_cast<bool*>(value) = row.boolean(column); return {};
    case Kind::integer: store_integer(type, row.integer(column), value); return {};
    case Kind::real: *static_cast<double*>(value) = row.real(column); return {};
    case Kind::text: *static_cast<std::string*>(value) = row.text(column); return {};
    case Kind::id: static_cast<Id<void>*>(value)->value = row.integer(column); return {};
    case Kind::timestamp: *static_cast<Timestamp*>(value) = row.timestamp(column); return {};
    case Kind::enumeration: return read_enumeration(type, row.text(column), value);
    case Kind::optional: return read_optional(type, row, column, value);
    case Kind::json:
    case Kind::duration:
    case Kind::object:
    case Kind::array:
    case Kind::list:
    case Kind::map:
    case Kind::omittable:
    case Kind::patch:
    case Kind::structure:
    case Kind::custom: break;
    }
    return read_json(type, row, column, value);
}

} // namespace attune
