#pragma once
#include "api/http_message.hpp"

namespace attune::http {

/// How the end of a response's body is told.
enum class Framing { length, chunks, close };

/// The status line and fields of a response, with the blank line. CR, LF and NUL inside fields become blanks.
std::string response_head(const api::RawResponse& response, Framing framing, bool keep_alive);

/// Adds "name: value" and the end of the line.
void add_field(std::string& out, std::string_view name, std::string_view value);

/// Whether a response of this status has a body at all.
bool has_body(int status);

/// "5\r\nhello\r\n"
std::string chunk_of(std::string_view piece);

inline constexpr std::string_view kLastChunk = "0\r\n\r\n";
inline constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

} // namespace attune::http
