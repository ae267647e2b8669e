#pragma once
#include "app/cli/schedule_calendars.hpp"
#include "base/timestamp.hpp"

#include <iosfwd>

namespace attune::app::cli {

/// What lines that do not say it themselves get.
struct BatchDefaults {
    Timestamp after;
    int count = 5;
    bool count_given = false;      ///< then `count` stands even where a line lists its own times
    NamedCalendars calendars = {}; ///< those that lines can name; a line that names none keeps to all of them
};

/// The answer to one line: {"next":["2026-01-01T00:00:00Z", …]}, with fewer times when the series ends, or
/// {"error":"…"}. A line is a JSON object: `expression`, or `rule` and `dtstart`, or any timer configuration; `after`,
/// `anchor` (of an interval; default: `after`), and how many times: `count`, else as many as its own `next` holds.
json::object answer_line(std::string_view line, const BatchDefaults& defaults);

/// Answers every line of `in` with a line on `out`, in order, while they come; flushes when nothing waits to be read.
void answer_lines(std::istream& in, std::ostream& out, const BatchDefaults& defaults);

} // namespace attune::app::cli
