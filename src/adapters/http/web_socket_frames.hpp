#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Frames of the WebSocket protocol (RFC 6455) as a server reads and writes them, without extensions: bytes in, bytes
/// out, no sockets.
namespace attune::http {

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

// Why a connection is closed.
inline constexpr std::uint16_t kNormal = 1000;
inline constexpr std::uint16_t kProtocolError = 1002;
inline constexpr std::uint16_t kNotUtf8 = 1007;
inline constexpr std::uint16_t kTooBig = 1009;

/// A whole message or control frame for a client.
std::string frame_of(Opcode opcode, std::string_view payload);
/// The reason is cut to what a control frame holds, 123 bytes of whole characters.
std::string close_frame(std::uint16_t code, std::string_view reason);

/// What came of a client.
struct Incoming {
    enum class Kind : std::uint8_t {
        message, ///< whole; a text is valid UTF-8
        ping,    ///< to be answered with the same payload
        pong,
        closed, ///< by the client: to be answered with `code`
        broken, ///< against the protocol: to be told why with `code`
    };
    Kind kind = Kind::message;
    std::string payload = {};
    bool is_text = false;
    std::uint16_t code = 0;
};

/// Puts the messages of one client together. After `closed` or `broken` nothing comes any more.
class FrameReader {
public:
    /// A message of more bytes is `broken`, before it is kept.
    explicit FrameReader(std::size_t message_limit) : message_limit_(message_limit) {}

    void feed(std::string_view bytes);
    /// The next of what was fed; nothing until more is.
    std::optional<Incoming> next();

private:
    struct Frame {
        Opcode opcode = Opcode::continuation;
        bool is_final = false;
        std::uint64_t left = 0; ///< of the payload
        std::array<char, 4> mask{};
        std::size_t at = 0; ///< in the mask
    };
    bool read_head();
    bool accept(const Frame& frame, bool is_masked);
    bool fail(std::uint16_t code);
    void take_payload(std::string& to);
    std::optional<Incoming> finish();
    std::optional<Incoming> finish_close();

    std::size_t message_limit_;
    std::string buffer_;
    std::size_t at_ = 0; ///< what is before it in the buffer was used
    std::optional<Frame> frame_;
    std::string control_;
    std::string message_;
    std::optional<Opcode> begun_; ///< the kind of a message whose last frame has not come
    bool over_ = false;
    std::optional<std::uint16_t> failure_; ///< to be told
};

} // namespace attune::http
