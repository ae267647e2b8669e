#include "adapters/http/http_test_support.hpp"
#include "adapters/http/web_socket_frames.hpp"
#include "adapters/http/web_socket_test_support.hpp"

namespace attune::http {
namespace {

constexpr std::string_view kHandshake =
    "GET /echo HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

class WebSocketTest : public HttpServerTest {
protected:
    /// A client that is connected.
    std::unique_ptr<Client> connect() {
        auto out = std::make_unique<Client>(port);
        EXPECT_HAS(out->send(kHandshake).until("\r\n\r\n"), "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n");
        return out;
    }
};

TEST_F(WebSocketTest, AnswersMessagesAndPingsInOrder) {
    start();
    auto client = connect();

    EXPECT_EQ(client->send(sent(kText, "one")).until("one"), "\x81\x03one");
    EXPECT_EQ(client->send(sent(kPing, "p")).until("p"), "\x8a\x01p");
    EXPECT_EQ(client->send(sent(kText, "t", false) + sent(kContinuation, "wo")).until("two"), "\x81\x03two");
}

TEST_F(WebSocketTest, AnswersACloseWithItsCodeAndEnds) {
    start();
    auto client = connect();

    EXPECT_EQ(client->send(sent(kClose, std::string("\x03\xe9", 2))).rest(), "\x88\x02\x03\xe9");
    client.reset();
    wait_for_connections(0);
    EXPECT_EQ(handler.sessions, 0);
}

TEST_F(WebSocketTest, TellsAClientThatBreaksTheProtocolWhyAlthoughItGoesOn) {
    start();
    auto client = connect();

    client->send(sent(3, "") + sent(kText, std::string(1000, 'x')));

    EXPECT_EQ(client->send(sent(kText, "more")).rest(), "\x88\x02\x03\xea");
    client.reset();
    wait_for_connections(0);
}

TEST_F(WebSocketTest, ClosesWithAReasonAndWaitsForTheAnswer) {
    start();
    auto client = connect();

    EXPECT_EQ(client->send(sent(kText, "close")).until("bye"), std::string("\x88\x05\x0f\xa0") + "bye");
    EXPECT_EQ(on_loop_connections(), 1U);
    EXPECT_EQ(client->send(sent(kClose, std::string("\x0f\xa0", 2))).rest(), "");
    wait_for_connections(0);
}

TEST_F(WebSocketTest, WaitsNoLongerThanItLingers) {
    options.linger = 50ms;
    start();
    auto client = connect();

    client->send(sent(kText, "close")).until("bye");

    EXPECT_EQ(client->rest(), "");
    wait_for_connections(0);
}

TEST_F(WebSocketTest, LetsGoOfAClientThatIsGone) {
    start();
    connect();

    wait_for_connections(0);
    EXPECT_EQ(handler.sessions, 0);
}

TEST_F(WebSocketTest, RefusesAHandshakeThatIsWrong) {
    start();

    EXPECT_STARTS(ask("GET /echo HTTP/1.1\r\nHost: x\r\n\r\n"), "HTTP/1.1 426 ");
    const auto answer = ask(replace_all(std::string(kHandshake), "Version: 13", "Version: 8"));
    EXPECT_STARTS(answer, "HTTP/1.1 426 ");
    EXPECT_HAS(answer, "Sec-WebSocket-Version: 13\r\n");
    EXPECT_STARTS(ask(replace_all(std::string(kHandshake), "Connection: Upgrade", "Connection: close")),
                  "HTTP/1.1 400 ");
}

} // namespace
} // namespace attune::http
