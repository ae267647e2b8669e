#include "adapters/http/response_head.hpp"

#include <algorithm>
#include <boost/beast/http/status.hpp>

namespace attune::http {

void add_field(std::string& out, std::string_view name, std::string_view value) {
    const auto clean = [&](std::string_view text) {
        std::transform(text.begin(), text.end(), std::back_inserter(out),
                       [](char c) { return c == '\r' || c == '\n' || c == '\0' ? ' ' : c; });
    };
    clean(name);
    out += ": ";
    clean(value);
    out += "\r\n";
}

bool has_body(int status) {
    return status >= 200 && status != 204 && status != 304;
}

std::string response_head(const api::RawResponse& response, Framing framing, bool keep_alive) {
    namespace http = boost::beast::http;
    const auto reason = http::obsolete_reason(http::int_to_status(static_cast<unsigned>(response.status)));
    std::string out =
        fmt::format("HTTP/1.1 {} {}\r\n", response.status, std::string_view(reason.data(), reason.size()));
    if (!response.content_type.empty() && has_body(response.status)) {
        add_field(out, "Content-Type", response.content_type);
    }
    if (framing == Framing::chunks) add_field(out, "Transfer-Encoding", "chunked");
    if (framing == Framing::length && has_body(response.status)) {
        add_field(out, "Content-Length", std::to_string(response.body.size()));
    }
    add_field(out, "Connection", keep_alive ? "keep-alive" : "close");
    add_field(out, "X-Content-Type-Options", "nosniff");
    for (const auto& [name, value] : response.headers.all()) add_field(out, name, value);
    out += "\r\n";
    return out;
}

std::string chunk_of(std::string_view piece) {
    return fmt::format("{:x}\r\n{}\r\n", piece.size(), piece);
}

} // namespace attune::http
