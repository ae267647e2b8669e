#include "adapters/http/web_socket_frames.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <utility>

namespace attune::http {
namespace {

constexpr unsigned kFinal = 0x80;
constexpr unsigned kReserved = 0x70;
constexpr unsigned kMasked = 0x80;
constexpr std::size_t kLongestControl = 125;
constexpr std::size_t kTwoBytes = 126; ///< in place of a length: it follows in so many bytes
constexpr std::size_t kEightBytes = 127;

bool is_control(Opcode opcode) {
    return opcode >= Opcode::close;
}

bool is_known(unsigned opcode) {
    return opcode <= 2 || (opcode >= 8 && opcode <= 10);
}

std::uint64_t number_of(std::string_view bytes) {
    std::uint64_t out = 0;
    for (const auto byte : bytes) out = out << 8U | static_cast<unsigned char>(byte);
    return out;
}

void add_number(std::string& out, std::uint64_t number, unsigned bytes) {
    for (unsigned i = bytes; i-- > 0;) out += static_cast<char>(number >> (8 * i) & 0xFFU);
}

/// Those that may stand in a frame: of the RFC, and of its registry.
bool is_close_code(std::uint64_t code) {
    if (code >= 1000 && code <= 1014) return code < 1004 || code > 1006;
    return code >= 3000 && code <= 4999;
}

} // namespace

std::string frame_of(Opcode opcode, std::string_view payload) {
    std::string out;
    out.reserve(payload.size() + 10);
    out += static_cast<char>(kFinal | static_cast<unsigned>(opcode));
    if (payload.size() < kTwoBytes) {
        add_number(out, payload.size(), 1);
    } else if (payload.size() <= 0xFFFF) {
        add_number(out, kTwoBytes, 1);
        add_number(out, payload.size(), 2);
    } else {
        add_number(out, kEightBytes, 1);
        add_number(out, payload.size(), 8);
    }
    return out += payload;
}

std::string close_frame(std::uint16_t code, std::string_view reason) {
    std::string payload;
    add_number(payload, code, 2);
    payload += reason.substr(0, utf8_cut(reason, std::min(reason.size(), kLongestControl - 2)));
    return frame_of(Opcode::close, payload);
}

void FrameReader::feed(std::string_view bytes) {
    if (over_) return;
    buffer_.erase(0, at_);
    at_ = 0;
    buffer_ += bytes;
}

std::optional<Incoming> FrameReader::next() {
    while (!over_) {
        if (!frame_ && !read_head()) break;
        take_payload(is_control(frame_->opcode) ? control_ : message_);
        if (frame_->left > 0) return std::nullopt;
        if (auto out = finish()) return out;
    }
    if (!failure_) return std::nullopt;
    return Incoming{.kind = Incoming::Kind::broken, .code = *std::exchange(failure_, std::nullopt)};
}

/// False when it has not come yet, or is against the protocol.
bool FrameReader::read_head() {
    const std::string_view bytes = std::string_view(buffer_).substr(at_);
    if (bytes.size() < 2) return false;
    const auto first = static_cast<unsigned char>(bytes[0]);
    const auto second = static_cast<unsigned char>(bytes[1]);
    const bool is_masked = (second & kMasked) != 0;
    const std::size_t length = second & ~kMasked;
    const std::size_t more = length == kTwoBytes ? 2 : length == kEightBytes ? 8 : 0;
    const auto size = 2 + more + (is_masked ? 4 : 0);
    if (bytes.size() < size) return false;
    if ((first & kReserved) != 0 || !is_known(first & 0xFU)) return fail(kProtocolError);
    Frame frame;
    frame.opcode = static_cast<Opcode>(first & 0xFU);
    frame.is_final = (first & kFinal) != 0;
    frame.left = more == 0 ? length : number_of(bytes.substr(2, more));
    // The shortest form of a length is the only one.
    if (more > 0 && frame.left < (more == 2 ? kTwoBytes : 0x10000U)) return fail(kProtocolError);
    if (!accept(frame, is_masked)) return false;
    std::copy_n(bytes.begin() + 2 + static_cast<std::ptrdiff_t>(more), 4, frame.mask.begin());
    at_ += size;
    frame_ = frame;
    return true;
}

/// Whether such a frame may come now.
bool FrameReader::accept(const Frame& frame, bool is_masked) {
    if (!is_masked) return fail(kProtocolError);
    if (is_control(frame.opcode)) {
        control_.clear();
        return (frame.is_final && frame.left <= kLongestControl) || fail(kProtocolError);
    }
    if ((frame.opcode == Opcode::continuation) != begun_.has_value()) return fail(kProtocolError);
    if (!begun_) begun_ = frame.opcode;
    return frame.left <= message_limit_ - message_.size() || fail(kTooBig);
}

bool FrameReader::fail(std::uint16_t code) {
    over_ = true;
    failure_ = code;
    return false;
}

void FrameReader::take_payload(std::string& to) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(frame_->left, buffer_.size() - at_));
    for (std::size_t i = 0; i < count; ++i) {
        to += static_cast<char>(buffer_[at_ + i] ^ frame_->mask[frame_->at++ % frame_->mask.size()]);
    }
    at_ += count;
    frame_->left -= count;
}

/// What a frame that is whole makes; nothing for a part of a message.
std::optional<Incoming> FrameReader::finish() {
    const auto frame = *std::exchange(frame_, std::nullopt);
    if (frame.opcode == Opcode::close) return finish_close();
    if (is_control(frame.opcode)) {
        const auto kind = frame.opcode == Opcode::ping ? Incoming::Kind::ping : Incoming::Kind::pong;
        return Incoming{.kind = kind, .payload = std::exchange(control_, {})};
    }
    if (!frame.is_final) return std::nullopt;
    const bool is_text = *std::exchange(begun_, std::nullopt) == Opcode::text;
    if (is_text && !is_valid_utf8(message_)) {
        fail(kNotUtf8);
        return std::nullopt;
    }
    return Incoming{.kind = Incoming::Kind::message, .payload = std::exchange(message_, {}), .is_text = is_text};
}

/// A close holds nothing, or a code and perhaps a reason.
std::optional<Incoming> FrameReader::finish_close() {
    over_ = true;
    if (control_.empty()) return Incoming{.kind = Incoming::Kind::closed, .code = kNormal};
    const auto code = number_of(control_.substr(0, 2));
    if (control_.size() < 2 || !is_close_code(code)) {
        fail(kProtocolError);
    } else if (!is_valid_utf8(control_.substr(2))) {
        fail(kNotUtf8);
    } else {
        return Incoming{.kind = Incoming::Kind::closed, .code = static_cast<std::uint16_t>(code)};
    }
    return std::nullopt;
}

} // namespace attune::http
