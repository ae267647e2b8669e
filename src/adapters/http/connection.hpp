#pragma once
#include "adapters/http/http_server.hpp"
#include "adapters/http/request_reader.hpp"
#include "adapters/http/response_head.hpp"
#include "adapters/http/web_socket.hpp"
#include "adapters/http/web_socket_handshake.hpp"

#include <array>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>

namespace attune::http {

/// What the connections of one server share.
struct Shared {
    api::HttpHandler& handler;
    HttpServerOptions options;
    bool stopping = false;
    std::size_t body_bytes = 0; ///< held by all requests at present
};

/// One client: reads requests one after another and answers them. Shared by its coroutine and, while a stream is sent,
/// by the read that notices the client's leaving.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    using Steady = std::chrono::steady_clock;

    Connection(asio::ip::tcp::socket socket, Shared& shared);

    /// Until the connection has ended. Cancelled by cancel().
    task<void> run();

    /// Call when run() is over, however it ended.
    void finish();

    asio::cancellation_slot cancellation_slot() { return cancel_.slot(); }

    /// Ends what has taken too long.
    void sweep(Steady::time_point now);

    /// The server stops: ends at once when idle or streaming, else after the request in hand.
    void stop();

    /// Ends without an answer, as soon as the handler lets go.
    void abandon();

private:
    enum class Phase { idle, header, body, handling, streaming, writing, lingering };

    task<bool> serve_one();
    task<bool> read_header();
    task<bool> read_body();
    task<bool> admit_body();
    task<bool> fill();
    void feed();
    task<bool> may_go_on();
    bool account_body();
    void release_body();

    task<api::RawResponse> answer(api::RawRequest request);
    task<bool> send(api::RawResponse response, bool head_only, bool keep_alive);
    task<void> send_stream(api::BodyStream& body, Framing framing);
    task<void> serve_web_socket(const std::optional<Upgrade>& upgrade, api::RawResponse response);
    task<void> talk();
    void read_web_socket();
    task<bool> write(std::string_view head, std::string_view body);
    task<void> refuse(api::RawResponse response);
    task<void> linger();
    void watch_for_close();
    void cancel();

    void enter(Phase phase, Duration limit);
    void enter_without_limit(Phase phase);
    void allow_for(std::size_t bytes);
    void close();

    asio::ip::tcp::socket socket_;
    Shared& shared_;
    std::string peer_;
    asio::cancellation_signal cancel_;
    std::optional<RequestReader> reader_;
    std::optional<WebSocket> web_socket_;
    std::shared_ptr<api::WebSocketSession> session_; ///< of web_socket_, until run() is over

    std::string buffer_; ///< received and not yet used: [begin_, end_)
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::array<char, 512> discarded_{}; ///< what a client sends while it gets a stream
    std::size_t accounted_ = 0;         ///< our part of Shared::body_bytes

    Phase phase_ = Phase::idle;
    Steady::time_point base_deadline_; ///< without what the rate adds
    Steady::time_point deadline_;
    bool fresh_ = true; ///< no request has come yet
    bool timed_out_ = false;
    bool client_gone_ = false;
};

} // namespace attune::http
