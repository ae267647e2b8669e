#include "adapters/http/http_server.hpp"

#include "api/errors.hpp"
#include "runtime/signal.hpp"

#include <arpa/inet.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <future>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <random>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace attune::http {
namespace {

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

#define EXPECT_STARTS(text, start) EXPECT_EQ((text).substr(0, std::string_view(start).size()), start)
#define EXPECT_HAS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

TEST_F(HttpServerTest, AnswersAndKeepsTheConnection) {
    start();
    Client client(port);

    for (int i = 0; i < 3; ++i) {
        const auto answer = client.send("GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n").response();
        EXPECT_STARTS(answer, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 18\r\n");
        EXPECT_HAS(answer, "\r\n\r\n/a?b=c|0|127.0.0.1");
    }
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
    start();

    const auto answer =
        ask("POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET /slow HTTP/1.1\r\nHost: x\r\n\r\n"
            "\r\nGET /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

    EXPECT_LT(answer.find("/1|3"), answer.find("/slow|0"));
    EXPECT_LT(answer.find("/slow|0"), answer.find("/3|0"));
}

TEST_F(HttpServerTest, ReadsBytesThatComeOneByOne) {
    start();
    Client client(port);

    for (const char c : std::string("POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                                    "3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: t\r\n\r\n")) {
        client.send({&c, 1});
        std::this_thread::sleep_for(200us);
    }

    EXPECT_HAS(client.response(), "/x|5|");
}

TEST_F(HttpServerTest, SpeaksHttp10) {
    start();

    const auto answer = ask("GET /x HTTP/1.0\r\n\r\n");

    EXPECT_HAS(answer, "Connection: close");
    EXPECT_HAS(answer, "/x|0|");
    EXPECT_EQ(ask("GET /stream HTTP/1.0\r\n\r\n").find("chunked"), std::string::npos);
}

TEST_F(HttpServerTest, SendsNoBodyForHeadAndNoContent) {
    start();
    Client client(port);

    const auto head = client.send("HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n").until("\r\n\r\n");
    EXPECT_HAS(head, "Content-Length: 14");
    const auto empty = client.send("GET /empty HTTP/1.1\r\nHost: x\r\n\r\n").until("\r\n\r\n");
    EXPECT_STARTS(empty, "HTTP/1.1 204");
    EXPECT_EQ(empty.find("Content-Length"), std::string::npos);
    EXPECT_HAS(client.send("GET /y HTTP/1.1\r\nHost: x\r\n\r\n").response(), "/y|0|");
}

TEST_F(HttpServerTest, InvitesTheBodyOfAClientThatWaits) {
    start();
    Client client(port);

    client.send("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_HAS(client.send("ab").response(), "/x|2|");
}

TEST_F(HttpServerTest, RefusesABodyOverTheRoutesLimitWithoutReadingIt) {
    start();

    for (const auto* length : {"1001", "99999999999"}) {
        const auto answer = ask(fmt::format("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", length));
        EXPECT_STARTS(answer, "HTTP/1.1 413 ");
        EXPECT_HAS(answer, R"({"error":"the request body is over 1000 bytes","code":"BAD_REQUEST"})");
    }
    EXPECT_STARTS(ask("POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n"), "HTTP/1.1 413 ");
    EXPECT_EQ(handler.handled, 0);
}

TEST_F(HttpServerTest, TakesABigBodyWhereTheRouteAllowsIt) {
    start();
    Client client(port);

    client.send("POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 8388608\r\n\r\n").send(std::string(8 << 20, 'z'));

    EXPECT_HAS(client.response(), "/upload|8388608|");
}

TEST_F(HttpServerTest, LetsTheHandlerRefuseABigBodyBeforeItIsRead) {
    start();

    const auto answer =
        ask("POST /upload HTTP/1.1\r\nHost: x\r\nAuthorization: no\r\nContent-Length: 8388608\r\n\r\nzzz");

    EXPECT_STARTS(answer, "HTTP/1.1 401 ");
    EXPECT_EQ(handler.handled, 0);
}

TEST_F(HttpServerTest, BoundsTheBodiesOfAllRequestsTogether) {
    options.body_bytes_in_all = 1 << 20;
    start();

    const auto answer = Client(port)
                            .send("POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n")
                            .send(std::string(1500000, 'z'))
                            .rest();

    EXPECT_STARTS(answer, "HTTP/1.1 503 ");
    EXPECT_HAS(ask("POST /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nab"), "/x|2|");
}

TEST_F(HttpServerTest, RefusesAHeaderOverItsLimit) {
    start();

    EXPECT_STARTS(ask("GET /x HTTP/1.1\r\nHost: x\r\nA: " + std::string(20000, 'a') + "\r\n\r\n"), "HTTP/1.1 431 ");
    EXPECT_STARTS(ask("GET /" + std::string(100000, 'a')), "HTTP/1.1 431 ");
    std::string many = "GET / HTTP/1.1\r\nHost: x\r\n";
    for (int i = 0; i < 5000; ++i) many += "A: b\r\n";
    EXPECT_STARTS(ask(many + "\r\n"), "HTTP/1.1 431 ");
}

TEST_F(HttpServerTest, RefusesWhatIsNotHttpOrAmbiguous) {
    start();

    for (const auto* garbage :
         {"\x16\x03\x01\x02\x00", "hello\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
          "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
          "GET /../x HTTP/1.1\r\nHost: x\r\n\r\n", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
        const auto answer = ask(garbage);
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ") || answer.starts_with("HTTP/1.1 505 ")) << garbage << answer;
        EXPECT_HAS(answer, R"("code":"BAD_REQUEST")");
    }
    EXPECT_STARTS(ask("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n"), "HTTP/1.1 501 ");
    EXPECT_STARTS(ask("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"), "HTTP/1.1 501 ");
    EXPECT_EQ(handler.handled, 0);
}

TEST_F(HttpServerTest, RefusesAChunkHeaderWithoutEnd) {
    start();

    const auto answer =
        ask("POST /upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(200000, 'a'));

    EXPECT_STARTS(answer, "HTTP/1.1 400 ");
}

TEST_F(HttpServerTest, SurvivesRandomAndCutInput) {
    start();
    std::mt19937 random(7);
    const std::string whole = "POST /x?a=%41 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nExpect: x\r\n\r\n"
                              "5\r\nhello\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n";

    for (int i = 0; i < 300; ++i) {
        auto text = whole.substr(0, random() % (whole.size() + 1));
        for (auto changes = random() % 5; changes > 0 && !text.empty(); --changes) {
            text[random() % text.size()] = static_cast<char>(random());
        }
        Client(port).send(text);
    }

    // Answered only after all those before it were accepted.
    EXPECT_HAS(ask("GET /z HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), "/z|0|");
    wait_for_connections(0);
}

TEST_F(HttpServerTest, AnswersAnExceptionOfTheHandlerWithoutItsText) {
    start();
    Client client(port);

    const auto answer = client.send("GET /throw HTTP/1.1\r\nHost: x\r\n\r\n").response();

    EXPECT_STARTS(answer, "HTTP/1.1 500 ");
    EXPECT_EQ(answer.find("defect"), std::string::npos);
    EXPECT_HAS(client.send("GET /y HTTP/1.1\r\nHost: x\r\n\r\n").response(), "/y|0|");
}

TEST_F(HttpServerTest, KeepsLineBreaksOutOfFields) {
    start();

    const auto answer = ask("GET /inject HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

    EXPECT_HAS(answer, "X-Test: a  Set-Cookie: b\r\n");
}

TEST_F(HttpServerTest, StreamsInChunks) {
    start();

    const auto answer = ask("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");

    EXPECT_HAS(answer, "Transfer-Encoding: chunked\r\n");
    EXPECT_TRUE(
        answer.ends_with("\r\n\r\nc\r\ndata: tick\n\n\r\nc\r\ndata: tick\n\n\r\nc\r\ndata: tick\n\n\r\n0\r\n\r\n"))
        << answer;
    EXPECT_EQ(handler.streams, 0);
}

TEST_F(HttpServerTest, EndsAStreamWhoseClientIsGone) {
    start();
    {
        Client client(port);
        client.send("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n").until("tick");
        EXPECT_EQ(handler.streams, 1);
    }

    wait_for_connections(0);
    EXPECT_EQ(handler.streams, 0);
}

TEST_F(HttpServerTest, EndsStreamsProperlyWhenItStops) {
    start();
    Client client(port);
    client.send("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n").until("tick");

    stop();

    EXPECT_TRUE(client.rest().ends_with("\r\n0\r\n\r\n"));
    EXPECT_EQ(handler.streams, 0);
}

TEST_F(HttpServerTest, FinishesRequestsInFlightWhenItStops) {
    start();
    Client busy(port);
    Client idle(port);
    busy.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
    while (handler.handled == 0) std::this_thread::sleep_for(1ms);

    stop();

    const auto answer = busy.rest();
    EXPECT_HAS(answer, "/slow|0|");
    EXPECT_HAS(answer, "Connection: close");
    EXPECT_EQ(idle.rest(), "");
}

TEST_F(HttpServerTest, GivesUpOnRequestsThatOutlastTheGrace) {
    options.stop_grace = 20ms;
    start();
    Client client(port);
    client.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
    while (handler.handled == 0) std::this_thread::sleep_for(1ms);

    stop();

    EXPECT_EQ(client.rest(), "");
}

TEST_F(HttpServerTest, TurnsAwayConnectionsOverTheLimit) {
    options.connections = 2;
    start();
    Client first(port);
    Client second(port);
    wait_for_connections(2);

    const auto answer = ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

    EXPECT_STARTS(answer, "HTTP/1.1 503 ");
    EXPECT_HAS(answer, "SERVICE_UNAVAILABLE");
    EXPECT_HAS(first.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").response(), "/a|0|");
}

TEST_F(HttpServerTest, GivesUpOnSlowHeaders) {
    options.header_timeout = 50ms;
    start();

    EXPECT_STARTS(Client(port).send("GET / HTT").rest(), "HTTP/1.1 408 ");
    EXPECT_EQ(Client(port).rest(), "") << "a client that says nothing gets no answer";
}

TEST_F(HttpServerTest, GivesUpOnSlowBodies) {
    options.body_timeout = 50ms;
    start();

    const auto answer = Client(port).send("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc").rest();

    EXPECT_STARTS(answer, "HTTP/1.1 408 ");
    EXPECT_HAS(answer, "body came too slowly");
}

TEST_F(HttpServerTest, ClosesIdleConnections) {
    options.idle_timeout = 50ms;
    start();
    Client client(port);

    client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").response();

    EXPECT_EQ(client.rest(), "");
    wait_for_connections(0);
}

TEST_F(HttpServerTest, GivesUpOnClientsThatDoNotRead) {
    options.write_timeout = 50ms;
    options.least_rate = std::size_t{1} << 30U;
    start();
    Client client(port);

    client.send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");

    wait_for_connections(1);
    wait_for_connections(0);
}

TEST_F(HttpServerTest, SaysThatTheAddressIsInUse) {
    start();
    std::promise<Result<void>> taken;
    asio::post(loop, [&] { taken.set_value(server->listen("127.0.0.1", port)); });

    const auto result = taken.get_future().get();

    ASSERT_FALSE(result);
    EXPECT_HAS(result.error().message, "is in use");
}

TEST(HttpServer, RefusesAnUnknownHost) {
    asio::io_context loop;
    TestHandler handler(loop);
    HttpServer server(loop.get_executor(), handler);

    EXPECT_EQ(server.listen("no such host", 0).error().field, "server.host");
}

TEST(HttpServer, ListensOnAllAddressesOfAName) {
    asio::io_context loop;
    TestHandler handler(loop);
    HttpServer server(loop.get_executor(), handler);

    ASSERT_TRUE(server.listen("localhost", 0));

    EXPECT_NE(server.port(), 0);
    server.request_stop();
    loop.run();
}

} // namespace
} // namespace attune::http
