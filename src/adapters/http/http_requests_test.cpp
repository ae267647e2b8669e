#include "adapters/http/http_test_support.hpp"

namespace attune::http {
namespace {

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

} // namespace
} // namespace attune::http
