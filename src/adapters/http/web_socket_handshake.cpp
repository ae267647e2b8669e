#include "adapters/http/web_socket_handshake.hpp"

#include "adapters/http/response_head.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace attune::http {
namespace {

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // of the RFC
constexpr std::size_t kLongestKey = 24;                                    // 16 bytes in Base64

using Words = std::array<std::uint32_t, 5>;

/// One block of 64 bytes of SHA-1 (FIPS 180-4).
void digest_block(std::string_view block, Words& state) {
    std::array<std::uint32_t, 80> w{};
    for (std::size_t i = 0; i < 64; ++i) w[i / 4] = w[i / 4] << 8U | static_cast<unsigned char>(block[i]);
    for (std::size_t i = 16; i < w.size(); ++i) w[i] = std::rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    auto [a, b, c, d, e] = state;
    for (std::size_t i = 0; i < w.size(); ++i) {
        const auto mixed = i < 20   ? ((b & c) | (~b & d)) + 0x5A827999U
                           : i < 40 ? (b ^ c ^ d) + 0x6ED9EBA1U
                           : i < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8F1BBCDCU
                                    : (b ^ c ^ d) + 0xCA62C1D6U;
        const auto next = std::rotl(a, 5) + mixed + e + w[i];
        e = d;
        d = c;
        c = std::rotl(b, 30);
        b = a;
        a = next;
    }
    const Words end{a, b, c, d, e};
    for (std::size_t i = 0; i < state.size(); ++i) state[i] += end[i];
}

/// Not for secrets: the handshake proves by it that a WebSocket was understood, and nothing else.
std::string sha1(std::string text) {
    const std::uint64_t bits = text.size() * 8;
    text += '\x80';
    while (text.size() % 64 != 56) text += '\0';
    for (unsigned i = 8; i-- > 0;) text += static_cast<char>(bits >> (8 * i) & 0xFFU);
    Words state{0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
    for (std::size_t at = 0; at < text.size(); at += 64) digest_block(std::string_view(text).substr(at, 64), state);
    std::string out;
    for (const auto word : state) {
        for (unsigned i = 4; i-- > 0;) out += static_cast<char>(word >> (8 * i) & 0xFFU);
    }
    return out;
}

bool has_token(std::string_view list, std::string_view token) {
    return std::ranges::any_of(split(list, ','), [&](auto one) { return to_lower(trim(one)) == token; });
}

Refusal bad(std::string text) {
    return {400, "BAD_REQUEST", std::move(text)};
}

std::optional<Refusal> mistake_in(const api::RawRequest& request, bool is_http_1_1) {
    const auto& headers = request.headers;
    if (!is_http_1_1) return bad("a WebSocket needs HTTP/1.1");
    if (!has_token(headers.get("connection"), "upgrade")) return bad("expected Connection: Upgrade");
    const auto key = headers.get("sec-websocket-key");
    if (key.empty() || key.size() > kLongestKey) return bad("expected 16 bytes in Base64 as Sec-WebSocket-Key");
    if (const auto version = headers.get("sec-websocket-version"); version.empty()) {
        return bad("expected Sec-WebSocket-Version: 13");
    } else if (version != "13") {
        return Refusal{426, "BAD_REQUEST", "expected Sec-WebSocket-Version: 13"};
    }
    return std::nullopt;
}

} // namespace

std::optional<Upgrade> upgrade_of(const api::RawRequest& request, bool is_http_1_1) {
    const auto& headers = request.headers;
    if (request.method != api::Method::get || to_lower(headers.get("upgrade")) != "websocket") return std::nullopt;
    if (auto mistake = mistake_in(request, is_http_1_1)) return Upgrade{{}, std::move(mistake)};
    return Upgrade{base64_encode(sha1(std::string(headers.get("sec-websocket-key")) + std::string(kGuid)))};
}

std::string handshake_answer(const Upgrade& upgrade, std::string_view subprotocol) {
    std::string out = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
    add_field(out, "Sec-WebSocket-Accept", upgrade.accept);
    if (!subprotocol.empty()) add_field(out, "Sec-WebSocket-Protocol", subprotocol);
    return out += "\r\n";
}

} // namespace attune::http
