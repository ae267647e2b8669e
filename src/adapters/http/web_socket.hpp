#pragma once
#include "adapters/http/web_socket_frames.hpp"
#include "runtime/task.hpp"

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <functional>

namespace attune::http {

/// The WebSocket protocol (RFC 6455) on a socket that does not block and that it does not own, after the handshake and
/// without compression. It refuses frames that are not masked (1002), text that is not UTF-8 (1007) and messages that
/// are too long (1009), answers pings, and sends some to a silent client, whose silence then ends the connection. Of
/// send() and close() one at most is under way.
class WebSocket {
public:
    using Steady = std::chrono::steady_clock;
    /// Takes one message; or nothing, once, when the connection is over. False: it takes no more.
    using Receive = std::function<bool(std::optional<std::string_view> message, bool is_text)>;

    explicit WebSocket(asio::ip::tcp::socket& socket);

    /// Reads until either side ends it. Whoever `receive` holds keeps this alive.
    void read(Receive receive);
    /// False when the client is gone.
    task<bool> send(std::string_view text);
    /// Says why, and waits until the client has answered.
    task<void> close(std::uint16_t code, std::string_view reason);
    /// Called now and then. False when the client has been silent for too long.
    bool sweep(Steady::time_point now);

private:
    /// Whether more is read.
    bool take(const Receive& receive);
    void end(std::uint16_t code);
    void discard(Receive receive, std::size_t total);
    void tell(std::string frame);
    task<bool> write(std::string text);
    task<void> wait_for_close();

    asio::ip::tcp::socket& socket_;
    FrameReader reader_;
    std::array<char, 4096> received_{};
    std::string waiting_;    ///< control frames, or the rest of one, that could not be written yet
    bool writing_ = false;   ///< a frame is partly written
    bool closing_ = false;   ///< by us
    bool over_ = false;      ///< a close was said or heard
    bool was_asked_ = false; ///< by a ping, since something came
    Steady::time_point heard_;
};

} // namespace attune::http
