#pragma once
#include <string_view>

namespace attune::logic::schema {

using FormatCheck = bool (*)(std::string_view);

/// The check of a `format`, or null when we do not check it: date-time, date, time, duration, email, hostname, ipv4,
/// ipv6, uri, uri-reference, uuid, regex, json-pointer, relative-json-pointer.
FormatCheck find_format(std::string_view name);

// format_uri.cpp
bool is_uri(std::string_view text);
bool is_uri_reference(std::string_view text);

} // namespace attune::logic::schema
