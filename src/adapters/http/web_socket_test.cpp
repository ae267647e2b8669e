#include "adapters/http/web_socket_frames.hpp"
#include "adapters/http/web_socket_handshake.hpp"
#include "adapters/http/web_socket_test_support.hpp"

#include <gtest/gtest.h>

namespace attune::http {
namespace {

/// All that comes of these bytes: "text hi", "ping x", "broken 1002"...
std::vector<std::string> read_all(FrameReader& reader, std::string_view bytes) {
    std::vector<std::string> out;
    reader.feed(bytes);
    while (const auto one = reader.next()) {
        switch (one->kind) {
        case Incoming::Kind::message: out.push_back((one->is_text ? "text " : "bytes ") + one->payload); break;
        case Incoming::Kind::ping: out.push_back("ping " + one->payload); break;
        case Incoming::Kind::pong: out.push_back("pong " + one->payload); break;
        case Incoming::Kind::closed: out.push_back("closed " + std::to_string(one->code)); break;
        case Incoming::Kind::broken: out.push_back("broken " + std::to_string(one->code)); break;
        }
    }
    return out;
}
std::vector<std::string> read_all(std::string_view bytes) {
    FrameReader reader(1000);
    return read_all(reader, bytes);
}

using Read = std::vector<std::string>;

/// The same, of bytes that come one by one.
Read read_slowly(std::string_view bytes) {
    FrameReader reader(1000);
    Read out;
    for (const char byte : bytes) {
        for (auto& one : read_all(reader, {&byte, 1})) out.push_back(std::move(one));
    }
    return out;
}

std::string close_with(unsigned code, std::string_view reason = {}) {
    return sent(kClose, std::string{static_cast<char>(code >> 8U), static_cast<char>(code)} + std::string(reason));
}

TEST(WebSocketFrames, AreReadHoweverTheirBytesCome) {
    const auto bytes = sent(kText, "one") + sent(kPing, "p") + sent(kText, std::string(300, 'x')) + sent(2, "b");
    const Read expected{"text one", "ping p", "text " + std::string(300, 'x'), "bytes b"};

    EXPECT_EQ(read_all(bytes), expected);
    EXPECT_EQ(read_slowly(bytes), expected);
}

TEST(WebSocketFrames, MakeOneMessageOfItsPartsWithControlFramesBetweenThem) {
    EXPECT_EQ(read_all(sent(kText, "a\xc3", false) + sent(kPing, "p") + sent(kContinuation, "\xa4", false) +
                       sent(kContinuation, "b") + sent(kText, "")),
              (Read{"ping p",
                    "text a\xc3\xa4"
                    "b",
                    "text "}));
}

TEST(WebSocketFrames, AgainstTheProtocolAreBrokenAndNothingComesAfter) {
    auto unmasked = std::string("\x81\x02hi");
    auto reserved_bit = sent(kText, "a");
    reserved_bit[0] = '\xc1';
    const std::string long_form("\x81\xfe\x00\x05"
                                "mask"
                                "hello",
                                13);
    const std::string longer_form("\x81\xff\0\0\0\0\0\0\xff\xff"
                                  "mask",
                                  14);
    for (const auto& [what, bytes] : std::vector<std::pair<std::string, std::string>>{
             {"not masked", unmasked},
             {"a reserved bit", reserved_bit},
             {"a reserved opcode", sent(3, "")},
             {"a reserved control opcode", sent(11, "")},
             {"a continuation of nothing", sent(kContinuation, "x")},
             {"a message inside of one", sent(kText, "x", false) + sent(kText, "y")},
             {"a message inside of one whose first part is empty", sent(kText, "", false) + sent(kText, "y")},
             {"a ping in parts", sent(kPing, "x", false)},
             {"a long ping", sent(kPing, std::string(126, 'x'))},
             {"a length of two bytes for a short one", long_form},
             {"a length of eight bytes for one of two", longer_form},
             {"a close of one byte", sent(kClose, "x")},
             {"a close with a code that is reserved", close_with(1005)},
             {"a close with a code that is none", close_with(7)},
             {"a close in parts", sent(kClose, "\x03\xe8", false)},
             {"a long close", close_with(1000, std::string(124, 'x'))}}) {
        EXPECT_EQ(read_all(bytes + sent(kText, "more")), Read{"broken 1002"}) << what;
        EXPECT_EQ(read_slowly(bytes + sent(kText, "more")), Read{"broken 1002"}) << what;
    }
}

TEST(WebSocketFrames, WithTextThatIsNotUtf8AreBroken) {
    EXPECT_EQ(read_all(sent(kText, "\xff")), Read{"broken 1007"});
    EXPECT_EQ(read_all(sent(kText, "\xc3")), Read{"broken 1007"});
    EXPECT_EQ(read_all(close_with(1000, "bye\xff")), Read{"broken 1007"});
    EXPECT_EQ(read_slowly(close_with(1000, "bye\xff")), Read{"broken 1007"});
    EXPECT_EQ(read_all(sent(2, "\xff")), Read{"bytes \xff"});
}

TEST(WebSocketFrames, WithTextThatIsNotUtf8OverItsPartsAreBroken) {
    EXPECT_EQ(read_all(sent(kText, "a\xc3", false) + sent(kPing, "p") + sent(kContinuation, "b")),
              (Read{"ping p", "broken 1007"}));
    EXPECT_EQ(read_all(sent(kText, "\xed", false) + sent(kContinuation, "\xa0\x80")),
              Read{"broken 1007"}); // half a pair
    EXPECT_EQ(read_all(sent(kText, "\xe2\x82", false) + sent(kContinuation, "")), Read{"broken 1007"});
    EXPECT_EQ(
        read_all(sent(kText, "\xf0\x9f", false) + sent(kContinuation, "", false) + sent(kContinuation, "\x98\x80")),
        Read{"text \xf0\x9f\x98\x80"});
}

TEST(WebSocketFrames, OfControlLeaveTheLimitOfTheMessageAroundThemAlone) {
    const auto ping = sent(kPing, std::string(125, 'p'));
    const Read expected{"ping " + std::string(125, 'p'), "text " + std::string(1000, 'x')};

    EXPECT_EQ(read_all(sent(kText, std::string(999, 'x'), false) + ping + sent(kContinuation, "x")), expected);
    EXPECT_EQ(read_all(sent(kText, "x", false) + close_with(1001) + sent(kContinuation, "y")), Read{"closed 1001"});
}

TEST(WebSocketFrames, InAFloodOfSmallPartsCountTogether) {
    FrameReader reader(1000);
    std::size_t answers = read_all(reader, sent(kText, "", false)).size();
    for (int i = 0; i < 100000; ++i) answers += read_all(reader, sent(kContinuation, "", false)).size();
    for (int i = 0; i < 1000; ++i) answers += read_all(reader, sent(kContinuation, "x", false)).size();

    EXPECT_EQ(answers, 0U);
    EXPECT_EQ(read_all(reader, sent(kContinuation, "x", false)), Read{"broken 1009"});
    EXPECT_EQ(read_all(reader, sent(kContinuation, "")), Read{});
}

TEST(WebSocketFrames, OfAMessageThatIsTooLongAreBrokenBeforeItComes) {
    EXPECT_EQ(read_all(sent(kText, std::string(1000, 'x'))).size(), 1U);
    EXPECT_EQ(read_all(sent(kText, std::string(1001, 'x')).substr(0, 8)), Read{"broken 1009"});
    EXPECT_EQ(read_all(sent(kText, std::string(600, 'x'), false) + sent(kContinuation, std::string(600, 'x'))),
              Read{"broken 1009"});
    EXPECT_EQ(read_all(std::string("\x81\xff\x40\0\0\0\0\0\0\0mask", 14)), Read{"broken 1009"}); // 2^62 bytes
}

TEST(WebSocketFrames, OfACloseTellItsCode) {
    EXPECT_EQ(read_all(sent(kClose, "") + sent(kText, "late")), Read{"closed 1000"});
    EXPECT_EQ(read_slowly(close_with(1001, "\xc3\xa4")), Read{"closed 1001"});
    EXPECT_EQ(read_all(close_with(1000, std::string(123, 'x'))), Read{"closed 1000"});
    for (const auto code : {1000U, 1003U, 1007U, 1011U, 1012U, 1014U, 3000U, 4000U, 4999U}) {
        EXPECT_EQ(read_all(close_with(code)), Read{"closed " + std::to_string(code)});
    }
    for (const auto code : {0U, 999U, 1004U, 1005U, 1006U, 1015U, 1016U, 2999U, 5000U, 65535U}) {
        EXPECT_EQ(read_all(close_with(code)), Read{"broken 1002"}) << code;
    }
}

TEST(WebSocketFrames, AreWrittenWithTheShortestLength) {
    EXPECT_EQ(frame_of(Opcode::text, "hi"), "\x81\x02hi");
    EXPECT_EQ(frame_of(Opcode::pong, std::string(125, 'x')).substr(0, 2), "\x8a\x7d");
    EXPECT_EQ(frame_of(Opcode::text, std::string(126, 'x')).substr(0, 4), std::string("\x81\x7e\x00\x7e", 4));
    EXPECT_EQ(frame_of(Opcode::text, std::string(65536, 'x')).substr(0, 10),
              std::string("\x81\x7f\0\0\0\0\0\x01\0\0", 10));
    EXPECT_EQ(close_frame(1001, "bye"), std::string("\x88\x05\x03\xe9"
                                                    "bye"));
    EXPECT_EQ(close_frame(1000, std::string(122, 'x') + "\xc3\xa4").size(), 2U + 2 + 122);
}

api::RawRequest handshake() {
    api::RawRequest request;
    request.headers.add("Upgrade", "WebSocket");
    request.headers.add("Connection", "keep-alive, Upgrade");
    request.headers.add("Sec-WebSocket-Version", "13");
    request.headers.add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
    return request;
}

TEST(WebSocketHandshake, IsAnsweredAsTheRfcShows) {
    const auto upgrade = upgrade_of(handshake(), true);

    ASSERT_TRUE(upgrade);
    EXPECT_FALSE(upgrade->refusal);
    EXPECT_EQ(handshake_answer(*upgrade, "chat"),
              "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat\r\n\r\n");
}

TEST(WebSocketHandshake, IsNotSeenInOtherRequests) {
    EXPECT_FALSE(upgrade_of({}, true));
    auto post = handshake();
    post.method = api::Method::post;
    EXPECT_FALSE(upgrade_of(post, true));
}

TEST(WebSocketHandshake, IsRefusedWhenItIsWrong) {
    const auto status_with = [](std::string_view name, std::string value) {
        const auto whole = handshake();
        api::RawRequest request;
        for (const auto& [known, text] : whole.headers.all()) {
            if (known != name) request.headers.add(known, text);
        }
        if (!value.empty()) request.headers.add(std::string(name), std::move(value));
        const auto upgrade = upgrade_of(request, true);
        return upgrade && upgrade->refusal ? upgrade->refusal->status : 0;
    };

    EXPECT_EQ(status_with("Connection", "keep-alive"), 400);
    EXPECT_EQ(status_with("Sec-WebSocket-Key", ""), 400);
    EXPECT_EQ(status_with("Sec-WebSocket-Key", std::string(25, 'x')), 400);
    EXPECT_EQ(status_with("Sec-WebSocket-Version", ""), 400);
    EXPECT_EQ(status_with("Sec-WebSocket-Version", "8"), 426);
    EXPECT_EQ(upgrade_of(handshake(), false)->refusal->status, 400);
}

} // namespace
} // namespace attune::http
