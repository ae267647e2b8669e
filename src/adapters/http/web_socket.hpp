#pragma once
#include "api/http_message.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>

namespace attune::http {

/// The handshake of a client that asked for a WebSocket.
struct Upgrade;
/// Null for any other request.
std::shared_ptr<const Upgrade> upgrade_of(const api::RawRequest& request);

/// The WebSocket protocol (RFC 6455) on a socket that it does not own, without compression. The only user of Beast's
/// WebSocket: it refuses frames that are not masked (1002), text that is not UTF-8 (1007) and messages that are too
/// long (1009), answers pings, and sends some to a silent client, whose silence then ends the connection. Of each of
/// read() and the others at most one is under way.
class WebSocket {
public:
    explicit WebSocket(asio::ip::tcp::socket& socket);
    ~WebSocket();

    /// Answers the handshake. False when it is refused, with an answer, or the client is gone.
    task<bool> accept(std::shared_ptr<const Upgrade> upgrade, std::string subprotocol);
    /// Reads one message and calls `done` with it, or with nothing when the connection is over. Whoever `done` holds
    /// keeps this alive.
    void read(std::function<void(std::optional<std::string_view> message, bool is_text)> done);
    /// False when the client is gone.
    task<bool> send(std::string_view text);
    /// Says why, and waits until the client has answered.
    task<void> close(std::uint16_t code, std::string_view reason);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace attune::http
