#include "app/cli/output_reader.hpp"

namespace attune::app::cli {

bool OutputReader::take(std::string_view bytes) {
    parser_.feed(bytes, [this](const SseMessage& message) { take_message(message); });
    return !done_ && out_.good();
}

void OutputReader::take_message(const SseMessage& message) {
    if (done_) return;
    const bool is_output = message.event == "content" || message.event == "append";
    if (is_output && !message.data.empty()) {
        out_ << message.data << std::flush;
        at_line_start_ = message.data.ends_with('\n');
    }
    if (!message.id.empty()) offset_ = message.id;
    done_ = message.event == "done" || (!follow_ && message.event != "append");
}

} // namespace attune::app::cli
