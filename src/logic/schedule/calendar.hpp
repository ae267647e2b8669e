#pragma once
// Arithmetic of the Gregorian calendar on day numbers: days since 1970-01-01.
#include "logic/schedule/time_zone.hpp"

#include <array>
#include <chrono>

namespace attune::logic::schedule {

constexpr int kFirstYear = 1;
constexpr int kLastYear = 9999;
/// 0001-01-01 and 9999-12-31.
constexpr Seconds kFirstDay = -719'162;
constexpr Seconds kLastDay = 2'932'896;

constexpr Seconds floor_div(Seconds a, Seconds b) {
    return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}
constexpr Seconds floor_mod(Seconds a, Seconds b) {
    return a - floor_div(a, b) * b;
}

/// A date in plain numbers.
struct Date {
    int year = 1970;
    unsigned month = 1;
    unsigned day = 1;
};

inline Date date_of(Seconds day_number) {
    const std::chrono::year_month_day date = std::chrono::sys_days{std::chrono::days{day_number}};
    return {int(date.year()), unsigned(date.month()), unsigned(date.day())};
}

inline Seconds day_number(int year, unsigned month, unsigned day) {
    return std::chrono::sys_days{std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(day)}
        .time_since_epoch()
        .count();
}

/// 0 = Sunday.
constexpr unsigned weekday_of(Seconds day_number) {
    return static_cast<unsigned>((day_number % 7 + 11) % 7);
}

inline unsigned month_length(int year, unsigned month) {
    constexpr std::array<unsigned, 13> kLengths{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && std::chrono::year{year}.is_leap() ? 29 : kLengths[month];
}

inline int year_length(int year) {
    return std::chrono::year{year}.is_leap() ? 366 : 365;
}

/// Bit d for every day d of a month of this length.
constexpr std::uint32_t days_up_to(unsigned length) {
    return static_cast<std::uint32_t>(((std::uint64_t{1} << length) - 1) << 1U);
}

/// The days of a month (bit d = day d, up to 35 cut to 31) that fall on one of the weekdays (bit 0 = Sunday), when day
/// 1 falls on `first_weekday`.
constexpr std::uint32_t days_on(std::uint32_t weekdays, unsigned first_weekday) {
    const std::uint32_t from_first = ((weekdays >> first_weekday) | (weekdays << (7 - first_weekday))) & 0x7FU;
    constexpr std::uint64_t kEveryWeek = 0x1'0204'081U; // bits 0, 7, 14, 21, 28
    return static_cast<std::uint32_t>((from_first * kEveryWeek) << 1U);
}

} // namespace attune::logic::schedule
