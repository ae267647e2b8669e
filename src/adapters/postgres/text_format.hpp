#pragma once
#include "storage/sql_value.hpp"

#include <string>
#include <vector>

namespace attune::postgres {

/// A value as PostgreSQL reads it. Null is the empty text; ask for it before. U+0000, which the database keeps in no
/// text, becomes U+FFFD.
std::string to_text_format(const SqlValue& value);

/// Appends one element to an array literal that is being written ("{" was).
void append_element(std::string& literal, const SqlValue& value);

/// The time that PostgreSQL writes as "2026-01-02 03:04:05.6789+00" (ISO style, zone UTC). What is no such time
/// (infinity) is 1970.
Timestamp timestamp_from(std::string_view text);

/// Parameters of one statement, as libpq takes them. The texts live as long as this.
class Parameters {
public:
    explicit Parameters(std::span<const SqlValue> values);
    explicit Parameters(std::vector<std::string> texts);
    int count() const { return static_cast<int>(pointers_.size()); }
    const char* const* values() const { return pointers_.data(); }

private:
    std::vector<std::string> texts_;
    std::vector<const char*> pointers_;
};

} // namespace attune::postgres
