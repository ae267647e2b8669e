#include "adapters/http/http_test_support.hpp"

#include <random>

namespace attune::http {
namespace {

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

} // namespace
} // namespace attune::http
