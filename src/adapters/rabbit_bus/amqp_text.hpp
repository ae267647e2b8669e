#pragma once
// Private to rabbit_bus: texts and tables of librabbitmq.
#include <amqp.h>
#include <string>
#include <string_view>

namespace attune::rabbit {

inline std::string_view view_of(amqp_bytes_t bytes) {
    return {static_cast<const char*>(bytes.bytes), bytes.len};
}

/// The library wants it writable, and writes nothing.
inline amqp_bytes_t bytes_of(const std::string& text) {
    return {text.size(), const_cast<char*>(text.data())};
}

inline amqp_table_entry_t entry(const char* key, bool value) {
    amqp_table_entry_t out{amqp_cstring_bytes(key), {AMQP_FIELD_KIND_BOOLEAN, {}}};
    out.value.value.boolean = value ? 1 : 0;
    return out;
}
inline amqp_table_entry_t entry(const char* key, std::int32_t value) {
    amqp_table_entry_t out{amqp_cstring_bytes(key), {AMQP_FIELD_KIND_I32, {}}};
    out.value.value.i32 = value;
    return out;
}
inline amqp_table_entry_t entry(const char* key, const char* value) {
    amqp_table_entry_t out{amqp_cstring_bytes(key), {AMQP_FIELD_KIND_UTF8, {}}};
    out.value.value.bytes = amqp_cstring_bytes(value);
    return out;
}
inline amqp_table_entry_t entry(const char* key, amqp_table_t value) {
    amqp_table_entry_t out{amqp_cstring_bytes(key), {AMQP_FIELD_KIND_TABLE, {}}};
    out.value.value.table = value;
    return out;
}

/// What the broker sent as a text, for a line of the log: at most 200 characters, without control characters.
std::string printable(std::string_view text);

/// Why the broker closed the channel or the connection; or that it sent what nobody expects.
std::string reason_of(const amqp_method_t& method);

} // namespace attune::rabbit
