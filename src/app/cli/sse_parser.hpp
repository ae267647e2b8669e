#pragma once
#include <functional>
#include <string>
#include <string_view>

namespace attune::app::cli {

/// One message of a text/event-stream.
struct SseMessage {
    std::string event; ///< empty = unnamed
    std::string id;
    std::string data;
};

/// Cuts a text/event-stream into messages, piece by piece (WHATWG rules; comments and `retry` are ignored).
class SseParser {
public:
    /// Longest message; what is beyond is cut off.
    static constexpr std::size_t kLongest = std::size_t{16} << 20U;

    using OnMessage = std::function<void(const SseMessage&)>;
    void feed(std::string_view bytes, const OnMessage& on_message);

private:
    void take_line(std::string_view line, const OnMessage& on_message);

    std::string line_;
    bool after_cr_ = false;
    bool has_data_ = false;
    SseMessage message_;
};

} // namespace attune::app::cli
