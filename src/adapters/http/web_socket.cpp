#include "adapters/http/web_socket.hpp"

#include "base/text.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

namespace attune::http {
namespace {

namespace beast = boost::beast;
namespace websocket = beast::websocket;

constexpr std::chrono::seconds kSilence{60}; ///< after half of it a ping, after all of it the end
constexpr std::chrono::seconds kHandshake{10};

} // namespace

struct Upgrade {
    beast::http::request<beast::http::empty_body> request;
};

struct WebSocket::Impl {
    explicit Impl(asio::ip::tcp::socket& socket) : stream(socket) {}
    websocket::stream<asio::ip::tcp::socket&, false> stream;
    beast::flat_buffer received;
};

std::shared_ptr<const Upgrade> upgrade_of(const api::RawRequest& request) {
    if (request.method != api::Method::get || to_lower(request.headers.get("upgrade")) != "websocket") return nullptr;
    auto out = std::make_shared<Upgrade>();
    out->request.method(beast::http::verb::get);
    out->request.target({request.target.data(), request.target.size()});
    for (const auto& [name, value] : request.headers.all()) {
        out->request.insert({name.data(), name.size()}, {value.data(), value.size()});
    }
    return out;
}

WebSocket::WebSocket(asio::ip::tcp::socket& socket) : impl_(std::make_unique<Impl>(socket)) {
    auto& stream = impl_->stream;
    stream.set_option(websocket::stream_base::timeout{kHandshake, kSilence, true});
    stream.read_message_max(api::WebSocketSession::kMessageLimit);
    stream.auto_fragment(false);
    stream.text(true);
}

WebSocket::~WebSocket() = default;

task<bool> WebSocket::accept(std::shared_ptr<const Upgrade> upgrade, std::string subprotocol) {
    impl_->stream.set_option(websocket::stream_base::decorator([subprotocol](websocket::response_type& response) {
        if (!subprotocol.empty()) response.set(beast::http::field::sec_websocket_protocol, subprotocol);
    }));
    beast::error_code error;
    co_await impl_->stream.async_accept(upgrade->request, asio::redirect_error(asio::use_awaitable, error));
    co_return !error;
}

void WebSocket::read(std::function<void(std::optional<std::string_view>, bool)> done) {
    impl_->received.clear();
    impl_->stream.async_read(
        impl_->received, [impl = impl_.get(), done = std::move(done)](beast::error_code error, std::size_t) {
            if (error) return done(std::nullopt, false);
            const auto bytes = impl->received.cdata();
            done(std::string_view(static_cast<const char*>(bytes.data()), bytes.size()), impl->stream.got_text());
        });
}

task<bool> WebSocket::send(std::string_view text) {
    beast::error_code error;
    co_await impl_->stream.async_write(asio::buffer(text.data(), text.size()),
                                       asio::redirect_error(asio::use_awaitable, error));
    co_return !error;
}

task<void> WebSocket::close(std::uint16_t code, std::string_view reason) {
    beast::error_code ignored;
    websocket::close_reason why(code);
    // A control frame holds 125 bytes, two of them the code.
    const auto cut = reason.substr(0, utf8_cut(reason, 123));
    why.reason.assign(cut.data(), cut.size());
    co_await impl_->stream.async_close(why, asio::redirect_error(asio::use_awaitable, ignored));
}

} // namespace attune::http
