#include "adapters/http/web_socket.hpp"

#include "api/http_message.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <utility>

namespace attune::http {
namespace {

using ErrorCode = boost::system::error_code;

constexpr std::chrono::seconds kSilence{60};  ///< after half of it a ping, after all of it the end
constexpr std::chrono::seconds kFarewell{10}; ///< for a client that was told to go
constexpr std::size_t kMostWaiting = 4096;    ///< bytes of control frames for a client that takes none
constexpr std::size_t kMostDiscarded = std::size_t{4} << 20U;

} // namespace

WebSocket::WebSocket(asio::ip::tcp::socket& socket)
    : socket_(socket), reader_(api::WebSocketSession::kMessageLimit), heard_(Steady::now()) {}

void WebSocket::read(Receive receive) {
    socket_.async_read_some(asio::buffer(received_),
                            [this, receive = std::move(receive)](ErrorCode error, std::size_t count) mutable {
                                if (error) {
                                    receive(std::nullopt, false);
                                    return;
                                }
                                heard_ = Steady::now();
                                was_asked_ = false;
                                reader_.feed({received_.data(), count});
                                if (closing_) return;
                                if (take(receive)) return read(std::move(receive));
                                if (over_) discard(std::move(receive), 0);
                            });
}

bool WebSocket::take(const Receive& receive) {
    while (const auto one = reader_.next()) {
        switch (one->kind) {
        case Incoming::Kind::message:
            if (!receive(one->payload, one->is_text)) return false;
            break;
        case Incoming::Kind::ping: tell(frame_of(Opcode::pong, one->payload)); break;
        case Incoming::Kind::pong: break;
        case Incoming::Kind::closed:
        case Incoming::Kind::broken: end(one->code); return false;
        }
    }
    return true;
}

void WebSocket::end(std::uint16_t code) {
    tell(close_frame(code, {}));
    over_ = true;
    ErrorCode ignored;
    if (!writing_) socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

/// What a client still sends is taken: else closing would take back what it was told.
void WebSocket::discard(Receive receive, std::size_t total) {
    socket_.async_read_some(asio::buffer(received_),
                            [this, receive = std::move(receive), total](ErrorCode error, std::size_t count) mutable {
                                if (!error && total < kMostDiscarded) return discard(std::move(receive), total + count);
                                receive(std::nullopt, false);
                            });
}

/// Sends a control frame at once, or as soon as something else is sent: a client that takes nothing need not hear it.
void WebSocket::tell(std::string frame) {
    if (over_ || waiting_.size() > kMostWaiting) return;
    waiting_ += frame;
    if (writing_) return;
    ErrorCode ignored;
    const auto count = socket_.write_some(asio::buffer(waiting_), ignored);
    waiting_.erase(0, count);
}

task<bool> WebSocket::write(std::string text) {
    ErrorCode error;
    writing_ = true;
    for (auto next = std::exchange(waiting_, {}) + text; !next.empty() && !error; next = std::exchange(waiting_, {}))
        co_await asio::async_write(socket_, asio::buffer(next), asio::redirect_error(asio::use_awaitable, error));
    writing_ = false;
    co_return !error && !over_;
}

task<bool> WebSocket::send(std::string_view text) {
    if (over_) co_return false;
    co_return co_await write(frame_of(Opcode::text, text));
}

task<void> WebSocket::close(std::uint16_t code, std::string_view reason) {
    if (over_) co_return;
    ErrorCode ignored;
    closing_ = true;
    socket_.cancel(ignored); // what read() waits for: from now on the client's close alone counts
    if (!co_await write(close_frame(code, reason))) co_return;
    over_ = true;
    co_await wait_for_close();
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

task<void> WebSocket::wait_for_close() {
    ErrorCode error;
    std::array<char, 512> received{}; // read() may have got something, and not have run yet
    for (;;) {
        while (const auto one = reader_.next()) {
            if (one->kind == Incoming::Kind::closed || one->kind == Incoming::Kind::broken) co_return;
        }
        const auto count =
            co_await socket_.async_read_some(asio::buffer(received), asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return;
        reader_.feed({received.data(), count});
    }
}

bool WebSocket::sweep(Steady::time_point now) {
    const auto silence = now - heard_;
    if (over_) return silence < kFarewell;
    if (silence >= kSilence) return false;
    if (silence >= kSilence / 2 && !std::exchange(was_asked_, true)) tell(frame_of(Opcode::ping, {}));
    return true;
}

} // namespace attune::http
