#pragma once
// The JSON of described things and its schema. What a struct's members are: base/type.hpp.
#include "base/result.hpp"
#include "base/type.hpp"

namespace attune {

/// What to do with members that the struct does not have (`unknown`), and with described members that the JSON lacks
/// (`missing`: `required` = an error unless optional; `defaults` = the struct's own initial value stands).
struct DecodeOptions {
    enum class Unknown : std::uint8_t { ignore, refuse } unknown = Unknown::ignore;
    enum class Missing : std::uint8_t { required, defaults } missing = Missing::required;
};

/// Reads `to`, a value of the type, from JSON. Errors: `invalid`, with the path of the member and what was expected
/// there; `to` is half-written then.
Result<void> decode_json(const Type& type, const json::value& from, const std::string& path, DecodeOptions options,
                         void* to);
json::value encode_json(const Type& type, const void* from);
/// The JSON Schema (2020-12) of the type.
json::object schema_of(const Type& type);

/// Reads T from JSON. Errors: `invalid`, with the path of the member and what was expected there.
template <class T>
Result<T> from_json(const json::value& value, const std::string& path = {}, DecodeOptions options = {}) {
    T out{};
    CHECK(decode_json(type_of<T>, value, path, options, &out));
    return out;
}
template <class T>
json::value to_json(const T& value) {
    return encode_json(type_of<T>, &value);
}
template <class T>
json::object schema_of() {
    return schema_of(type_of<T>);
}

/// Writes a value of one type into another of the same type, or of a type that it fits: an optional or omittable of it
/// (an empty text, list or object leaves an omittable empty), any JSON from an object, array or text. False when it
/// does not fit, or is not there to be written.
bool assign(const Type& to_type, void* to, const Type& from_type, const void* from);

/// Writes the fields of `to` that have the names of fields of `from` and fit them.
void assign_fields(const Structure& to_structure, void* to, const Structure& from_structure, const void* from);

/// Writes into a row what a body gives for the fields of the same names: members that are left out (empty optionals,
/// absent patches) change nothing; a patch that clears makes it empty.
void assign_given(const Structure& row_structure, void* row, const Structure& body_structure, const void* body);

template <Described Row, Described Body>
void assign_given(Row& row, const Body& body) {
    assign_given(structure_of<Row>(), &row, structure_of<Body>(), &body);
}
/// A new row with what a body gives.
template <Described Row, Described Body>
Row row_of(const Body& body) {
    Row row{};
    assign_given(row, body);
    return row;
}

/// A To with what From has by the same names: what clients see, from a row.
template <Described To, Described From>
To view_of(const From& row) {
    To view{};
    assign_fields(structure_of<To>(), &view, structure_of<From>(), &row);
    return view;
}

/// An integer or enumeration of any size.
std::int64_t load_integer(const Type& type, const void* from);
void store_integer(const Type& type, std::int64_t value, void* to);

} // namespace attune
