#include "adapters/rabbit_bus/amqp_text.hpp"

#include "base/text.hpp"

#include <fmt/core.h>

namespace attune::rabbit {
namespace {

constexpr std::size_t kLongestReason = 200;

} // namespace

std::string printable(std::string_view text) {
    auto out = to_valid_utf8(text.substr(0, kLongestReason));
    for (char& c : out) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
    }
    return out;
}

std::string reason_of(const amqp_method_t& method) {
    if (method.id == AMQP_CONNECTION_CLOSE_METHOD) {
        const auto* close = static_cast<const amqp_connection_close_t*>(method.decoded);
        return fmt::format("{} {}", close->reply_code, printable(view_of(close->reply_text)));
    }
    if (method.id == AMQP_CHANNEL_CLOSE_METHOD) {
        const auto* close = static_cast<const amqp_channel_close_t*>(method.decoded);
        return fmt::format("{} {}", close->reply_code, printable(view_of(close->reply_text)));
    }
    return fmt::format("an unexpected method ({:#x})", method.id);
}

} // namespace attune::rabbit
