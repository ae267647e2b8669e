#pragma once
// For tests of the HTTP server: a handler, a client that sends exactly what it is told, and the server between them.
#include "adapters/http/http_server.hpp"

#include "api/errors.hpp"
#include "runtime/signal.hpp"

#include <arpa/inet.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <future>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace attune::http {

using api::RawRequest;
using api::RawResponse;

/// "tick" until it is cancelled; counts how many are alive.
class Ticks final : public api::BodyStream {
public:
    Ticks(asio::any_io_executor loop, int count, std::atomic<int>& alive) : timer_(loop), left_(count), alive_(alive) {
        ++alive_;
    }
    ~Ticks() override { --alive_; }
    task<std::optional<std::string>> next() override {
        if (left_-- == 0) co_return std::nullopt;
        timer_.expires_after(5ms);
        co_await timer_.async_wait(asio::use_awaitable);
        co_return "data: tick\n\n";
    }

private:
    asio::steady_timer timer_;
    int left_;
    std::atomic<int>& alive_;
};

/// Sends each message back; "close" closes with 4000 and "bye". Counts how many are alive.
class Echo final : public api::WebSocketSession {
public:
    Echo(asio::any_io_executor loop, std::atomic<int>& alive)
        : timer_(loop, asio::steady_timer::time_point::max()), alive_(alive) {
        ++alive_;
    }
    ~Echo() override { --alive_; }
    bool receive(std::string_view message, bool) override {
        if (message == "close")
            out_.push_back({"bye", 4000});
        else
            out_.push_back({std::string(message)});
        timer_.cancel();
        return message != "close";
    }
    task<Outgoing> next() override {
        while (out_.empty()) {
            boost::system::error_code woken;
            co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
            if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
                throw boost::system::system_error(asio::error::operation_aborted);
        }
        auto out = std::move(out_.front());
        out_.pop_front();
        co_return out;
    }
    void end(std::uint16_t code, std::string reason) override {
        out_.push_front({std::move(reason), code});
        timer_.cancel();
    }

private:
    asio::steady_timer timer_;
    std::deque<Outgoing> out_;
    std::atomic<int>& alive_;
};

class TestHandler final : public api::HttpHandler {
public:
    explicit TestHandler(asio::io_context& loop) : loop_(loop) {}
    std::size_t body_limit(const RawRequest& head) const override {
        return head.path == "/upload" ? std::size_t{8} << 20U : 1000;
    }
    task<std::optional<RawResponse>> refuse(const RawRequest& head) override {
        if (head.headers.get("authorization") == "no") co_return api::error_response(401, "UNAUTHORIZED", "who?");
        co_return std::nullopt;
    }
    task<RawResponse> handle(RawRequest request) override {
        ++handled;
        if (request.path == "/throw") throw std::runtime_error("a defect");
        RawResponse response;
        response.content_type = "text/plain";
        if (request.path == "/slow") {
            asio::steady_timer timer(loop_, 100ms);
            co_await timer.async_wait(asio::use_awaitable);
        }
        if (request.path == "/stream") response.stream = std::make_unique<Ticks>(loop_.get_executor(), 3, streams);
        if (request.path == "/endless") response.stream = std::make_unique<Ticks>(loop_.get_executor(), -1, streams);
        if (request.path == "/echo") response.web_socket = std::make_shared<Echo>(loop_.get_executor(), sessions);
        if (request.path == "/big")
            response.body = std::string(8 << 20, 'x');
        else if (request.path == "/empty")
            response.status = 204;
        else if (request.path == "/inject")
            response.headers.add("X-Test", "a\r\nSet-Cookie: b");
        else
            response.body = request.target + "|" + std::to_string(request.body.size()) + "|" + request.peer;
        co_return response;
    }
    std::atomic<int> handled = 0;
    std::atomic<int> streams = 0;
    std::atomic<int> sessions = 0;

private:
    asio::io_context& loop_;
};

/// A blocking client that sends exactly the bytes it is told.
class Client {
public:
    explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        timeval limit{5, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client() { ::close(socket_); }

    Client& send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count <= 0) break;
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return *this;
    }
    /// Until the server closes. "TIMEOUT" at the end when it did not.
    std::string rest() {
        while (receive()) {}
        return std::exchange(received_, {});
    }
    /// Until `mark` has come, inclusive.
    std::string until(std::string_view mark) {
        std::size_t at = 0;
        while ((at = received_.find(mark)) == std::string::npos) {
            if (!receive()) return "CLOSED:" + received_;
        }
        auto out = received_.substr(0, at + mark.size());
        received_.erase(0, out.size());
        return out;
    }
    /// One response with a Content-Length.
    std::string response() {
        auto out = until("\r\n\r\n");
        const auto length = out.find("Content-Length: ");
        const std::size_t size = length == std::string::npos ? 0 : std::stoul(out.substr(length + 16));
        while (received_.size() < size && receive()) {}
        out += received_.substr(0, size);
        received_.erase(0, size);
        return out;
    }

private:
    bool receive() {
        char bytes[65536];
        const auto count = ::recv(socket_, bytes, sizeof bytes, 0);
        if (count > 0) received_.append(bytes, static_cast<std::size_t>(count));
        if (count < 0 && errno == EAGAIN) received_ += "TIMEOUT";
        return count > 0;
    }
    int socket_;
    std::string received_;
};

class HttpServerTest : public testing::Test {
protected:
    HttpServerTest() {
        options.sweep_every = 10ms;
        options.header_timeout = options.idle_timeout = options.body_timeout = options.write_timeout = 10s;
        options.stop_grace = 3s;
    }
    ~HttpServerTest() override { stop(); }

    void start() {
        server = std::make_unique<HttpServer>(loop.get_executor(), handler, options);
        ASSERT_TRUE(server->listen("127.0.0.1", 0));
        port = server->port();
        thread = std::thread([this] { loop.run(); });
    }
    void stop() {
        if (!thread.joinable()) return;
        auto leave = [](HttpServer& running) -> task<void> {
            running.request_stop();
            co_await running.join();
        };
        asio::co_spawn(loop, leave(*server), [this](const std::exception_ptr&) { work.reset(); });
        thread.join();
        server.reset();
    }
    std::size_t on_loop_connections() {
        std::promise<std::size_t> out;
        asio::post(loop, [&] { out.set_value(server->connections()); });
        return out.get_future().get();
    }
    void wait_for_connections(std::size_t count) {
        auto now = on_loop_connections();
        for (int i = 0; i < 1000 && now != count; ++i) {
            std::this_thread::sleep_for(5ms);
            now = on_loop_connections();
        }
        EXPECT_EQ(now, count);
    }
    std::string ask(std::string_view bytes) { return Client(port).send(bytes).rest(); }

    asio::io_context loop;
    asio::executor_work_guard<asio::io_context::executor_type> work{loop.get_executor()};
    TestHandler handler{loop};
    HttpServerOptions options;
    std::unique_ptr<HttpServer> server;
    std::thread thread;
    std::uint16_t port = 0;
};

} // namespace attune::http

#define EXPECT_STARTS(text, start) EXPECT_EQ((text).substr(0, std::string_view(start).size()), start)
#define EXPECT_HAS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)
