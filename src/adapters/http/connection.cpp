#include "adapters/http/connection.hpp"

#include "api/errors.hpp"
#include "base/log.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace attune::http {
namespace {

constexpr std::size_t kSmallBuffer = 4 * 1024;
constexpr std::size_t kBigBuffer = 64 * 1024;
constexpr std::size_t kMostLingered = std::size_t{4} << 20U;

api::RawResponse response_of(const Refusal& refusal) {
    return api::error_response(refusal.status, refusal.code, refusal.text);
}

std::string peer_of(const asio::ip::tcp::socket& socket) {
    boost::system::error_code error;
    const auto endpoint = socket.remote_endpoint(error);
    if (error) return {};
    const auto address = endpoint.address();
    // A client of IPv4 that came in by an IPv6 socket keeps its own name.
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
    }
    return address.to_string();
}

} // namespace

Connection::Connection(asio::ip::tcp::socket socket, Shared& shared)
    : socket_(std::move(socket)), shared_(shared), peer_(peer_of(socket_)), buffer_(kSmallBuffer, '\0') {
    boost::system::error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    socket_.non_blocking(true, ignored);
    // Before anything comes, the first request's time runs already.
    enter(Phase::idle, shared_.options.header_timeout);
}

task<void> Connection::run() {
    const auto self = shared_from_this();
    while (co_await serve_one()) {}
}

void Connection::finish() {
    release_body();
    session_.reset();
    close();
}

task<bool> Connection::serve_one() {
    reader_.emplace(shared_.options.header_bytes);
    if (!co_await read_header() || !co_await read_body()) co_return false;
    auto request = std::move(reader_->request());
    request.peer = peer_;
    const bool head_only = request.method == api::Method::head;
    const auto upgrade = upgrade_of(request, reader_->is_http_1_1());
    enter_without_limit(Phase::handling);
    auto response = co_await answer(std::move(request));
    release_body();
    if (response.web_socket) {
        co_await serve_web_socket(upgrade, std::move(response));
        co_return false;
    }
    const bool keep_alive = reader_->keeps_alive() && !shared_.stopping && !response.stream;
    co_return co_await send(std::move(response), head_only, keep_alive);
}

// ---- reading

void Connection::feed() {
    if (begin_ < end_) begin_ += reader_->feed({buffer_.data() + begin_, end_ - begin_});
    if (begin_ == end_) begin_ = end_ = 0;
}

/// Reads once. False when the client is gone, or too slow (then with an answer, when it had begun a request).
task<bool> Connection::fill() {
    if (begin_ > 0) {
        buffer_.erase(0, begin_);
        end_ -= begin_;
        begin_ = 0;
        buffer_.resize(std::max(kSmallBuffer, buffer_.size()));
    }
    const bool long_body = reader_->content_length().value_or(kBigBuffer) > kSmallBuffer;
    if (phase_ == Phase::body && long_body) buffer_.resize(std::max(kBigBuffer, buffer_.size()));
    if (end_ == buffer_.size()) buffer_.resize(buffer_.size() * 2);
    boost::system::error_code error;
    const auto count = co_await socket_.async_read_some(asio::buffer(buffer_.data() + end_, buffer_.size() - end_),
                                                        asio::redirect_error(asio::use_awaitable, error));
    if (!error) {
        end_ += count;
        co_return true;
    }
    if (timed_out_ && (phase_ == Phase::header || phase_ == Phase::body)) {
        const auto* what = phase_ == Phase::header ? "header" : "body";
        co_await refuse(api::error_response(408, "BAD_REQUEST", fmt::format("the request {} came too slowly", what)));
    }
    co_return false;
}

task<bool> Connection::read_header() {
    // An idle connection holds little memory.
    if (begin_ == end_ && buffer_.size() > kSmallBuffer) {
        buffer_.resize(kSmallBuffer);
        buffer_.shrink_to_fit();
    }
    if (!fresh_) enter(Phase::idle, shared_.options.idle_timeout);
    fresh_ = false;
    for (;;) {
        if (begin_ < end_ && phase_ == Phase::idle) enter(Phase::header, shared_.options.header_timeout);
        feed();
        if (reader_->refusal()) {
            co_await refuse(response_of(*reader_->refusal()));
            co_return false;
        }
        if (reader_->header_done()) co_return true;
        if (shared_.stopping && begin_ == end_) co_return false;
        if (!co_await fill()) co_return false;
    }
}

/// What there is to decide before a body is read.
task<bool> Connection::admit_body() {
    reader_->set_body_limit(shared_.handler.body_limit(reader_->request()));
    if (reader_->refusal()) {
        co_await refuse(response_of(*reader_->refusal()));
        co_return false;
    }
    if (reader_->content_length().value_or(api::HttpHandler::kEagerBody + 1) > api::HttpHandler::kEagerBody) {
        reader_->request().peer = peer_;
        auto refused = co_await shared_.handler.refuse(reader_->request());
        if (refused) {
            co_await refuse(std::move(*refused));
            co_return false;
        }
    }
    co_return !reader_->expects_continue() || begin_ < end_ || co_await write(kContinue, {});
}

task<bool> Connection::read_body() {
    if (!reader_->has_body()) co_return true;
    enter_without_limit(Phase::handling);
    if (!co_await admit_body()) co_return false;
    enter(Phase::body, shared_.options.body_timeout);
    while (!reader_->done()) {
        const auto waiting = end_ - begin_;
        feed();
        if (!co_await may_go_on()) co_return false;
        if (reader_->done()) break;
        const bool stuck = waiting >= kBigBuffer && waiting == end_ - begin_;
        if (stuck) {
            co_await refuse(api::error_response(400, "BAD_REQUEST", "a chunk's header is too long"));
            co_return false;
        }
        if (!co_await fill()) co_return false;
    }
    co_return true;
}

task<bool> Connection::may_go_on() {
    if (reader_->refusal()) {
        co_await refuse(response_of(*reader_->refusal()));
        co_return false;
    }
    if (!account_body()) {
        co_await refuse(api::error_response(
            Error{Errc::unavailable, "too many request bodies are being received; try again later"}));
        co_return false;
    }
    allow_for(reader_->request().body.size());
    co_return true;
}

bool Connection::account_body() {
    const auto size = reader_->request().body.size();
    shared_.body_bytes += size - accounted_;
    accounted_ = size;
    return shared_.body_bytes <= shared_.options.body_bytes_in_all;
}

void Connection::release_body() {
    shared_.body_bytes -= std::exchange(accounted_, 0);
}

// ---- answering

task<api::RawResponse> Connection::answer(api::RawRequest request) {
    const auto what = fmt::format("{} {}", api::method_name(request.method), request.path);
    std::string failure;
    try {
        co_return co_await shared_.handler.handle(std::move(request));
    } catch (const std::exception& error) {
        failure = error.what();
    } catch (...) {
        failure = "an unknown exception";
    }
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) {
        throw boost::system::system_error(asio::error::operation_aborted);
    }
    co_return api::error_response(Error{Errc::internal, fmt::format("{} failed: {}", what, failure)});
}

task<bool> Connection::send(api::RawResponse response, bool head_only, bool keep_alive) {
    auto framing = Framing::length;
    if (response.stream) framing = reader_->is_http_1_1() ? Framing::chunks : Framing::close;
    const auto head = response_head(response, framing, keep_alive);
    const bool with_body = !head_only && has_body(response.status);
    enter(Phase::writing, shared_.options.write_timeout);
    if (!co_await write(head, with_body && !response.stream ? std::string_view(response.body) : std::string_view{})) {
        co_return false;
    }
    if (response.stream && with_body) co_await send_stream(*response.stream, framing);
    co_return keep_alive;
}

task<void> Connection::send_stream(api::BodyStream& body, Framing framing) {
    watch_for_close();
    while (!client_gone_) {
        enter_without_limit(Phase::streaming);
        if (shared_.stopping) break;
        std::optional<std::string> piece;
        try {
            piece = co_await body.next();
        } catch (...) {
            // Cancelled because the server stops: the client is told that this is the end, if it can be done at once.
            boost::system::error_code ignored;
            const bool whole = shared_.stopping && !client_gone_ && framing == Framing::chunks;
            if (whole) socket_.write_some(asio::buffer(kLastChunk), ignored);
            throw;
        }
        if (!piece) break;
        if (piece->empty()) continue;
        enter(Phase::writing, shared_.options.write_timeout);
        if (!co_await write(framing == Framing::chunks ? chunk_of(*piece) : *piece, {})) co_return;
    }
    enter(Phase::writing, shared_.options.write_timeout);
    if (framing == Framing::chunks && !client_gone_) co_await write(kLastChunk, {});
}

/// A client that gets a stream has nothing more to say: when its side ends, so does the stream.
void Connection::watch_for_close() {
    socket_.async_read_some(asio::buffer(discarded_),
                            [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                                if (!error) return self->watch_for_close();
                                self->client_gone_ = true;
                                if (self->phase_ == Phase::streaming) self->cancel();
                            });
}

task<void> Connection::serve_web_socket(const std::optional<Upgrade>& upgrade, api::RawResponse response) {
    if (!upgrade) {
        auto refusal = api::error_response(426, "BAD_REQUEST", "this is the address of a WebSocket");
        refusal.headers.add("Upgrade", "websocket");
        co_return co_await refuse(std::move(refusal));
    }
    if (upgrade->refusal) {
        auto refusal = response_of(*upgrade->refusal);
        refusal.headers.add("Sec-WebSocket-Version", "13");
        co_return co_await refuse(std::move(refusal));
    }
    if (begin_ < end_) {
        co_return co_await refuse(
            api::error_response(400, "BAD_REQUEST", "frames came before the handshake was answered"));
    }
    enter(Phase::writing, shared_.options.header_timeout);
    if (!co_await write(handshake_answer(*upgrade, response.subprotocol), {})) co_return;
    web_socket_.emplace(socket_);
    session_ = std::move(response.web_socket);
    co_await talk();
}

/// Until either side ends it.
task<void> Connection::talk() {
    read_web_socket();
    if (shared_.stopping) stop();
    while (!client_gone_) {
        enter_without_limit(Phase::streaming);
        const auto out = co_await session_->next();
        enter(Phase::writing, shared_.options.write_timeout);
        allow_for(out.text.size());
        if (out.close) {
            enter(Phase::lingering, shared_.options.linger);
            co_return co_await web_socket_->close(*out.close, out.text);
        }
        if (!co_await web_socket_->send(out.text)) co_return;
    }
}

void Connection::read_web_socket() {
    web_socket_->read([self = shared_from_this()](std::optional<std::string_view> message, bool is_text) {
        if (message && self->session_) {
            if (self->session_->receive(*message, is_text)) return true;
            // It is over for a client that may not take what is being written: it has not long for that.
            if (self->phase_ == Phase::writing) self->enter(Phase::writing, self->shared_.options.linger);
            return false;
        }
        self->client_gone_ = true;
        if (self->phase_ == Phase::streaming) self->cancel();
        return false;
    });
}

/// False when the client is gone or too slow.
task<bool> Connection::write(std::string_view head, std::string_view body) {
    std::array<asio::const_buffer, 2> rest{asio::const_buffer(head.data(), head.size()),
                                           asio::const_buffer(body.data(), body.size())};
    std::size_t written = 0;
    while (rest[0].size() + rest[1].size() > 0) {
        boost::system::error_code error;
        const auto count = co_await socket_.async_write_some(rest, asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return false;
        const auto of_head = std::min(count, rest[0].size());
        rest[0] += of_head;
        rest[1] += count - of_head;
        written += count;
        allow_for(written);
    }
    co_return true;
}

/// Answers, and ends the connection so that the client can still read the answer while it sends.
task<void> Connection::refuse(api::RawResponse response) {
    std::string().swap(reader_->request().body);
    release_body();
    enter(Phase::writing, shared_.options.write_timeout);
    const bool head_only = reader_->request().method == api::Method::head;
    const auto head = response_head(response, Framing::length, false);
    if (co_await write(head, head_only ? std::string_view{} : std::string_view(response.body))) co_await linger();
}

task<void> Connection::linger() {
    boost::system::error_code error;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
    enter(Phase::lingering, shared_.options.linger);
    buffer_.resize(kBigBuffer);
    for (std::size_t total = 0; !error && total < kMostLingered;) {
        total +=
            co_await socket_.async_read_some(asio::buffer(buffer_), asio::redirect_error(asio::use_awaitable, error));
    }
}

// ---- time and stopping

void Connection::enter(Phase phase, Duration limit) {
    phase_ = phase;
    timed_out_ = false;
    base_deadline_ = deadline_ = Steady::now() + limit;
}

void Connection::enter_without_limit(Phase phase) {
    phase_ = phase;
    timed_out_ = false;
    base_deadline_ = deadline_ = Steady::time_point::max();
}

/// Moving `bytes` at the least rate takes this much longer.
void Connection::allow_for(std::size_t bytes) {
    if (base_deadline_ == Steady::time_point::max()) return;
    deadline_ = base_deadline_ + std::chrono::microseconds(bytes * 1'000'000 / shared_.options.least_rate);
}

void Connection::sweep(Steady::time_point now) {
    if (web_socket_ && !web_socket_->sweep(now)) return close();
    if (now < deadline_) return;
    timed_out_ = true;
    boost::system::error_code ignored;
    if (phase_ == Phase::header || phase_ == Phase::body)
        socket_.cancel(ignored);
    else
        close();
}

void Connection::stop() {
    constexpr std::uint16_t kGoingAway = 1001;
    if (session_) return session_->end(kGoingAway, "the server stops");
    if (phase_ == Phase::idle || phase_ == Phase::lingering) close();
    if (phase_ == Phase::streaming) cancel();
}

void Connection::abandon() {
    close();
    cancel();
}

void Connection::cancel() {
    cancel_.emit(asio::cancellation_type::terminal);
}

void Connection::close() {
    boost::system::error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
}

} // namespace attune::http
