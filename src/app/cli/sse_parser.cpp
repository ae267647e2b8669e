#include "app/cli/sse_parser.hpp"

#include <utility>

namespace attune::app::cli {

void SseParser::feed(std::string_view bytes, const OnMessage& on_message) {
    for (const char c : bytes) {
        if (std::exchange(after_cr_, false) && c == '\n') continue; // the second half of CR LF
        if (c == '\n' || c == '\r') {
            after_cr_ = c == '\r';
            take_line(std::exchange(line_, {}), on_message);
        } else if (line_.size() < kLongest) {
            line_ += c;
        }
    }
}

void SseParser::take_line(std::string_view line, const OnMessage& on_message) {
    if (line.empty()) {
        if (has_data_) on_message(message_);
        // The id stays for the messages that follow.
        message_.event.clear();
        message_.data.clear();
        has_data_ = false;
        return;
    }
    const auto colon = line.find(':');
    const auto field = line.substr(0, colon);
    auto value = colon == std::string_view::npos ? std::string_view{} : line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (field == "data") {
        if (message_.data.size() + value.size() > kLongest) return;
        if (has_data_) message_.data += '\n';
        message_.data += value;
        has_data_ = true;
    } else if (field == "event") {
        message_.event = value;
    } else if (field == "id") {
        message_.id = value;
    }
}

} // namespace attune::app::cli
