#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace attune::logic::action {

/// Takes one stream of an action's output piece by piece: keeps a bounded beginning and end of it for the result, and
/// hands out the rest as chunks of valid UTF-8 to be stored. What is over the limit is counted and dropped, and the
/// chunks end with a line about that. Memory: the two inline bounds plus what was not taken yet (at most `log_limit`).
class OutputCollector {
public:
    struct Limits {
        std::size_t inline_bytes = 64 * 1024; ///< of the beginning and of the end, for the result
        std::uint64_t log_limit = 10'485'760; ///< of the stored log, that line included: 128 less is the stream's share
    };

    /// `stream_name` ("stdout", "stderr") goes into that line.
    explicit OutputCollector(std::string_view stream_name);
    OutputCollector(std::string_view stream_name, Limits limits);

    void append(std::string_view bytes);

    /// The stream has ended: an incomplete character at its end is replaced, the line is written.
    void finish();

    /// At most `max_bytes` (4 at least) of what is ready for storage, cut between characters; empty when nothing is.
    std::string take_chunk(std::size_t max_bytes);
    std::size_t ready_bytes() const { return ready_.size() - taken_; }

    /// The beginning of the stream, lossy UTF-8, at most `inline_bytes`.
    std::string head() const;
    /// Whether head() is all of it.
    bool is_whole() const { return total_ <= limits_.inline_bytes; }
    /// The last line that is not blank, trimmed; of a longer one its last `inline_bytes`.
    std::string last_line() const;

    std::uint64_t total_bytes() const { return total_; }
    /// Bytes that the stored log lacks.
    std::uint64_t dropped_bytes() const { return dropped_; }
    bool is_blank() const { return blank_; }

private:
    void append_tail(std::string_view bytes);
    void append_ready(std::string_view bytes);
    std::uint64_t log_share() const;

    std::string stream_name_;
    Limits limits_;
    std::string head_;
    std::string tail_;  ///< the last bytes, between one and two times the bound once there are as many
    std::string ready_; ///< valid UTF-8; `taken_` bytes of it have been handed out
    std::size_t taken_ = 0;
    std::string carry_; ///< the beginning of a character whose rest has not come
    std::uint64_t total_ = 0;
    std::uint64_t dropped_ = 0;
    bool blank_ = true;
    bool finished_ = false;
};

} // namespace attune::logic::action
