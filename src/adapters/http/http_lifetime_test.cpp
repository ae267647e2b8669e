#include "adapters/http/http_test_support.hpp"

namespace attune::http {
namespace {

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
