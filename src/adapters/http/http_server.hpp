#pragma once
#include "api/http_message.hpp"
#include "base/text.hpp"
#include "base/timestamp.hpp"
#include "runtime/task.hpp"

#include <memory>
#include <vector>

namespace attune::http {

/// Every bound of the server. At each the client gets the status named, in the JSON error envelope.
struct HttpServerOptions {
    std::size_t header_bytes = 16 * 1024;                    ///< request line and fields together; 431
    std::size_t connections = 1024;                          ///< at the same time; 503
    std::size_t body_bytes_in_all = std::size_t{256} << 20U; ///< of all requests at the same time; 503
    Duration header_timeout = 10s;                           ///< from the first byte to the end of the header; 408
    Duration idle_timeout = 60s;                             ///< between requests; the connection is closed
    Duration body_timeout = 30s;                             ///< for a body, plus its size at the least rate; 408
    Duration write_timeout = 30s;       ///< for a response, plus its size at the least rate; closed
    std::size_t least_rate = 16 * 1024; ///< bytes per second, both ways
    Duration linger = 2s;               ///< for a refused client to take its answer
    Duration stop_grace = 10s;          ///< for requests in flight after request_stop()
    Duration sweep_every = 1s;          ///< how exactly all of these times are kept
};

/// HTTP/1.1 over TCP. Lives on one loop, where all its members are called and the handler runs. It keeps real time
/// (sockets do), by one timer for all connections that is off while there is none. An exception of the handler answers
/// 500. Stop: request_stop(), then await join(), then destroy; the handler outlives that.
class HttpServer {
public:
    HttpServer(asio::any_io_executor loop, api::HttpHandler& handler, HttpServerOptions options = {});
    ~HttpServer();

    /// Begins to accept on all addresses of `host` ("127.0.0.1", "localhost", "::", ...); port 0 takes a free one. May
    /// be called several times. Errors: `invalid` (no such host), `unavailable` (the address is in use, may not be
    /// used), with a text that says so.
    Result<void> listen(const std::string& host, std::uint16_t port);

    /// "127.0.0.1:8080", "[::1]:8080": where it listens.
    std::vector<std::string> addresses() const;
    /// Of the first address; 0 when it does not listen.
    std::uint16_t port() const;

    /// Accepts no more, closes idle connections, ends streams; requests in flight have `stop_grace` to be answered.
    void request_stop();

    /// Until every connection has ended.
    task<void> join();

    std::size_t connections() const;

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

} // namespace attune::http
