#pragma once
#include "base/enums.hpp"
#include "base/result.hpp"
#include "runtime/task.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// HTTP as the rest of the program sees it: values, no sockets. adapters/http turns bytes into these and back.
namespace attune::api {

enum class Method : std::uint8_t { get, head, post, put, patch, delete_, options, other };
ATTUNE_ENUM(Method, get, head, post, put, patch, delete_, options, other)

/// "GET", "DELETE"...
std::string method_name(Method method);
Method parse_method(std::string_view name);

/// Header fields in the order they came; names are compared without case.
class Headers {
public:
    void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
    /// The first of that name, or null.
    const std::string* find(std::string_view name) const;
    /// The first of that name, or empty.
    std::string_view get(std::string_view name) const;
    std::size_t count(std::string_view name) const;
    const std::vector<std::pair<std::string, std::string>>& all() const { return fields_; }

private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

struct RawRequest {
    Method method = Method::get;
    std::string target;                ///< as sent: "/api/v1/rules/a%20b?page=2"
    std::string path;                  ///< decoded, always begins with '/'
    std::vector<std::string> segments; ///< decoded one by one, so "%2F" does not split; no empty one at the end
    std::vector<std::pair<std::string, std::string>> query; ///< decoded
    Headers headers;
    std::string body;
    std::string peer; ///< the client's IP address

    /// The value of a cookie, or empty.
    std::string_view cookie(std::string_view name) const;
};

/// Sets path, segments and query from a request target. Errors: `bad_request` (a bad percent sequence, text that is not
/// UTF-8, NUL, "." or ".." as a segment).
Result<void> parse_target(std::string_view target, RawRequest& into);

/// "%41+b" -> "A b" (the plus only with `plus_is_blank`). Errors: `bad_request`.
Result<std::string> percent_decode(std::string_view text, bool plus_is_blank = false);

/// A response body made while it is sent. Owned and run by the server, on its loop; next() is cancelled
/// (operation_aborted) when the client goes away or the server stops, and the stream is destroyed after that.
class BodyStream {
public:
    virtual ~BodyStream() = default;
    /// The next piece, sent at once; nothing when the body is complete.
    virtual task<std::optional<std::string>> next() = 0;
};

/// One WebSocket, as the handler that accepted it sees it. Used on the server's loop. The server keeps it until the
/// connection has ended; next() is cancelled (operation_aborted) when the client goes away.
class WebSocketSession {
public:
    static constexpr std::size_t kMessageLimit = std::size_t{16} * 1024; ///< of a client; more ends it with 1009

    virtual ~WebSocketSession() = default;
    /// A whole message of the client's; never waits. A text is valid UTF-8. False: no more is read of it.
    virtual bool receive(std::string_view message, bool is_text) = 0;

    struct Outgoing {
        std::string text;                        ///< a message or, with `close`, the reason
        std::optional<std::uint16_t> close = {}; ///< the code with which the connection ends
    };
    /// What is sent next, at once.
    virtual task<Outgoing> next() = 0;
    /// Lets next() close the connection, before anything that still waits.
    virtual void end(std::uint16_t code, std::string reason) = 0;
};

struct RawResponse {
    int status = 200;
    std::string content_type = "application/json"; ///< empty: no such field
    Headers headers = {}; ///< beside content type, length and connection, which the server adds
    std::string body = {};
    std::unique_ptr<BodyStream> stream = {}; ///< when set, sent instead of `body`
    /// When set, a request for a WebSocket is accepted, with this subprotocol when there is one; any other gets 426.
    std::shared_ptr<WebSocketSession> web_socket = {};
    std::string subprotocol = {};
};

/// What answers requests. Called on the server's loop, by many requests at once.
class HttpHandler {
public:
    virtual ~HttpHandler() = default;

    /// How many bytes of body this request may have. Asked with the header read and the body not.
    virtual std::size_t body_limit(const RawRequest& head) const = 0;

    /// For requests with a body above kEagerBody: a response refuses the request before its body is read.
    virtual task<std::optional<RawResponse>> refuse(const RawRequest& head);

    /// An exception is a defect: it is logged and answered with 500.
    virtual task<RawResponse> handle(RawRequest request) = 0;

    /// Bodies up to this size are read without asking refuse().
    static constexpr std::size_t kEagerBody = std::size_t{1} << 20U;
};

} // namespace attune::api
