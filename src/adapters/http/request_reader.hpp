#pragma once
#include "api/http_message.hpp"

namespace attune::http {

/// Why a request is refused before the handler sees it. The connection is closed after it: where the next request would
/// begin is not known.
struct Refusal {
    int status;
    std::string_view code;
    std::string text;
};

/// Reads one request from bytes as they come. The only user of Beast's parser.
class RequestReader {
public:
    explicit RequestReader(std::size_t header_bytes);
    ~RequestReader();

    /// Takes from `bytes` what it can use and returns how much that was; the rest is to be given again, with more after
    /// it. Stops after the header once, so that set_body_limit() can be called before the body is read.
    std::size_t feed(std::string_view bytes);

    const std::optional<Refusal>& refusal() const;
    bool header_done() const;
    bool done() const;

    /// Refuses with 413 at once when the declared length is over it.
    void set_body_limit(std::size_t bytes);
    /// The declared length; nothing for a chunked body and before the header is read.
    std::optional<std::uint64_t> content_length() const;
    bool has_body() const;
    bool expects_continue() const;
    bool keeps_alive() const;
    /// Whether the client understands chunked responses (HTTP/1.1).
    bool is_http_1_1() const;

    api::RawRequest& request();

private:
    class Parser;
    std::unique_ptr<Parser> parser_;
};

} // namespace attune::http
