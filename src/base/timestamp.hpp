#pragma once
#include "base/result.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace attune {

/// All durations and instants have microseconds. Instants are UTC, counted from 1970 without leap seconds.
using Duration = std::chrono::microseconds;
using Timestamp = std::chrono::sys_time<Duration>;

using namespace std::chrono_literals;

/// Fixed-width RFC 3339 in UTC, "2026-01-02T03:04:05.678901Z": sorts as text in the order of time. Years 0000 to 9999;
/// instants outside are clamped.
std::string format_timestamp(Timestamp at);

/// Writes the 27 characters of format_timestamp into `out`.
void format_timestamp_to(Timestamp at, char* out);

/// The shortest RFC 3339 form: no fraction when it is zero ("2026-01-02T03:04:05Z").
std::string format_timestamp_short(Timestamp at);

/// Reads RFC 3339 ("2026-01-02T03:04:05.6789+01:00", also with a blank for the T, any number of fraction digits: those
/// beyond microseconds are cut). Errors: `invalid` with what was expected. A time without an offset is an error here.
Result<Timestamp> parse_timestamp(std::string_view text);

/// Milliseconds with a fraction, for people and payloads.
inline double to_ms(Duration d) {
    return std::chrono::duration<double, std::milli>(d).count();
}

/// Reads "500ms", "10s", "5m", "2h", "7d", "1h30m", or a bare number of seconds. Errors: `invalid`. Never negative.
Result<Duration> parse_duration(std::string_view text);

/// The inverse of parse_duration, shortest form: "1h30m", "250ms", "0s".
std::string format_duration(Duration d);

} // namespace attune
