#include "logic/action/output_collector.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <utility>

namespace attune::logic::action {
namespace {

/// What the line about what was left out may need.
constexpr std::uint64_t kReserve = 128;

/// How many bytes at the end may be the beginning of a longer UTF-8 sequence.
std::size_t incomplete_tail(std::string_view bytes) {
    for (std::size_t back = 1; back <= 3 && back <= bytes.size(); ++back) {
        const auto byte = static_cast<unsigned char>(bytes[bytes.size() - back]);
        if ((byte & 0xC0U) == 0x80U) continue;
        const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
        return length > back ? back : 0;
    }
    return 0;
}

} // namespace

OutputCollector::OutputCollector(std::string_view stream_name) : OutputCollector(stream_name, Limits{}) {}

OutputCollector::OutputCollector(std::string_view stream_name, Limits limits)
    : stream_name_(stream_name), limits_(limits) {}

std::uint64_t OutputCollector::log_share() const {
    return limits_.log_limit - std::min(limits_.log_limit, kReserve);
}

void OutputCollector::append(std::string_view bytes) {
    if (finished_ || bytes.empty()) return;
    blank_ = blank_ && trim(bytes).empty();
    if (head_.size() < limits_.inline_bytes) head_ += bytes.substr(0, limits_.inline_bytes - head_.size());
    append_tail(bytes);

    const auto room = log_share() - std::min(log_share(), total_ - dropped_);
    const auto kept = dropped_ > 0 ? 0 : std::min<std::uint64_t>(room, bytes.size());
    append_ready(bytes.substr(0, static_cast<std::size_t>(kept)));
    total_ += bytes.size();
    dropped_ += bytes.size() - kept;
}

void OutputCollector::append_tail(std::string_view bytes) {
    const auto bound = limits_.inline_bytes;
    if (bytes.size() >= bound) {
        tail_.assign(bytes.substr(bytes.size() - bound));
        return;
    }
    tail_ += bytes;
    if (tail_.size() > 2 * bound) tail_.erase(0, tail_.size() - bound);
}

void OutputCollector::append_ready(std::string_view bytes) {
    carry_ += bytes;
    const auto held = incomplete_tail(carry_);
    ready_ += to_valid_utf8(std::string_view(carry_).substr(0, carry_.size() - held));
    carry_.erase(0, carry_.size() - held);
}

void OutputCollector::finish() {
    if (std::exchange(finished_, true)) return;
    // A character cut by the limit is dropped with the rest, one cut by the program is replaced.
    if (dropped_ > 0) {
        dropped_ += carry_.size();
    } else {
        ready_ += to_valid_utf8(carry_);
    }
    carry_.clear();
    if (dropped_ > 0) ready_ += fmt::format("\n\n[OUTPUT TRUNCATED: {} exceeded size limit]\n", stream_name_);
}

std::string OutputCollector::take_chunk(std::size_t max_bytes) {
    const auto rest = std::string_view(ready_).substr(taken_);
    auto chunk = std::string(rest.substr(0, utf8_cut(rest, std::max<std::size_t>(max_bytes, 4))));
    taken_ += chunk.size();
    if (taken_ == ready_.size()) {
        ready_ = {}; // gives the memory back
        taken_ = 0;
    }
    return chunk;
}

std::string OutputCollector::head() const {
    const auto whole_characters = is_whole() ? 0 : incomplete_tail(head_);
    auto text = to_valid_utf8(std::string_view(head_).substr(0, head_.size() - whole_characters));
    text.resize(utf8_cut(text, limits_.inline_bytes)); // replacements are longer than what they replace
    return text;
}

std::string OutputCollector::last_line() const {
    auto text = std::string_view(tail_);
    if (text.size() > limits_.inline_bytes) text.remove_prefix(text.size() - limits_.inline_bytes);
    text = trim(text);
    if (const auto at = text.find_last_of("\n\r"); at != std::string_view::npos) text.remove_prefix(at + 1);
    auto line = to_valid_utf8(trim(text));
    if (line.size() > limits_.inline_bytes) line.erase(0, line.size() - limits_.inline_bytes);
    return line;
}

} // namespace attune::logic::action
