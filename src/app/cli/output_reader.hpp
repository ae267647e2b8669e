#pragma once
#include "app/cli/sse_parser.hpp"

#include <ostream>

namespace attune::app::cli {

/// Writes what a stream of an execution's output tells (/executions/{id}/logs/{stream}/stream).
class OutputReader {
public:
    /// `follow`: until the execution ends; else what there is now.
    OutputReader(std::ostream& out, bool follow) : out_(out), follow_(follow) {}

    /// Whether more is wanted.
    bool take(std::string_view bytes);

    bool is_done() const { return done_; }
    /// Where a stream goes on that was interrupted; empty = at its beginning.
    const std::string& offset() const { return offset_; }
    /// Whether what was written ends with a line.
    bool at_line_start() const { return at_line_start_; }

private:
    void take_message(const SseMessage& message);

    std::ostream& out_;
    bool follow_;
    SseParser parser_;
    std::string offset_;
    bool done_ = false;
    bool at_line_start_ = true;
};

} // namespace attune::app::cli
