#pragma once
#include "base/json.hpp"
#include "logic/schedule/calendars.hpp"

#include <string>

namespace attune::logic::matching {

/// `{from, to, days, timezone}`: times of day, on days of the week, by the wall clock of a zone. By default every day,
/// from 00:00 to 24:00, in UTC; `to` is not included, and one that is not after `from` is on the next day, whose window
/// belongs to the day on which it began.
class TimeWindow {
public:
    /// Errors: `invalid`, with the member at fault below `path`.
    static Result<TimeWindow> compile(const json::value& window, const std::string& path);

    bool contains(Timestamp at) const { return times_.contains(at); }
    /// "22:00 to 06:00 on fri, sat, Europe/Berlin".
    const std::string& text() const { return text_; }
    /// The wall clock in the window's zone, "Fri 2026-01-02 03:04".
    std::string clock_at(Timestamp at) const;

private:
    TimeWindow(schedule::Calendar times, std::string text) : times_(std::move(times)), text_(std::move(text)) {}

    schedule::Calendar times_;
    std::string text_;
};

} // namespace attune::logic::matching
