#pragma once
#include <string>
#include <string_view>

/// Frames as the client of a WebSocket writes them.
namespace attune::http {

inline constexpr unsigned kText = 1;
inline constexpr unsigned kContinuation = 0;
inline constexpr unsigned kClose = 8;
inline constexpr unsigned kPing = 9;

/// What a client would send: masked.
inline std::string sent(unsigned opcode, std::string_view payload, bool is_final = true) {
    constexpr std::string_view kMask = "\x01\x80\x7f\x33";
    std::string out{static_cast<char>((is_final ? 0x80U : 0U) | opcode)};
    if (payload.size() < 126) {
        out += static_cast<char>(0x80U | payload.size());
    } else {
        out += {static_cast<char>(0xFEU), static_cast<char>(payload.size() >> 8U), static_cast<char>(payload.size())};
    }
    out += kMask;
    for (std::size_t i = 0; i < payload.size(); ++i) out += static_cast<char>(payload[i] ^ kMask[i % kMask.size()]);
    return out;
}

} // namespace attune::http
