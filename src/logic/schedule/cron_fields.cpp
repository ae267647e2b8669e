#include "logic/schedule/cron_fields.hpp"

#include <algorithm>
#include <bit>
#include <chrono>

namespace attune::logic::schedule {
namespace {

namespace chrono = std::chrono;

constexpr int kFirstYear = 1;
constexpr int kLastYear = 9999;
/// The calendar repeats after this many years: what has not matched by then never does.
constexpr int kCalendarCycle = 400;

/// 0001-01-01 and 9999-12-31.
constexpr Seconds kFirstDay = -719'162;
constexpr Seconds kLastDay = 2'932'896;

constexpr Seconds floor_div(Seconds a, Seconds b) {
    return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

chrono::year_month_day date_of(Seconds day) {
    return chrono::sys_days{chrono::days{day}};
}

Seconds day_number(int year, unsigned month, unsigned day) {
    return chrono::sys_days{chrono::year{year} / static_cast<int>(month) / static_cast<int>(day)}
        .time_since_epoch()
        .count();
}

/// 0 = Sunday.
unsigned weekday_of(Seconds day) {
    return static_cast<unsigned>((day % 7 + 11) % 7);
}

unsigned month_length(int year, unsigned month) {
    constexpr std::array<unsigned, 13> kLengths{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && chrono::year{year}.is_leap() ? 29 : kLengths[month];
}

/// The days of a month (bit d = day d) that fall on one of the weekdays, when day 1 falls on `first_weekday`.
std::uint32_t days_on(std::uint32_t weekdays, unsigned first_weekday) {
    const std::uint32_t from_first = ((weekdays >> first_weekday) | (weekdays << (7 - first_weekday))) & 0x7FU;
    constexpr std::uint64_t kEveryWeek = 0x1'0204'081U; // bits 0, 7, 14, 21, 28
    return static_cast<std::uint32_t>((from_first * kEveryWeek) << 1U);
}

/// The day from Monday to Friday nearest to `day`, within the month.
unsigned nearest_working_day(unsigned day, unsigned length, unsigned first_weekday) {
    const auto weekday = (first_weekday + day - 1) % 7;
    if (weekday == 6) return day > 1 ? day - 1 : day + 2;
    if (weekday == 0) return day < length ? day + 1 : day - 2;
    return day;
}

/// The lowest bit at or above `from`, or -1.
template <class Bits>
int bit_from(Bits bits, unsigned from) {
    if (from >= sizeof(Bits) * 8) return -1;
    const Bits rest = bits & static_cast<Bits>(~Bits{0} << from);
    return rest == 0 ? -1 : std::countr_zero(rest);
}

/// The highest bit at or below `to`, or -1.
template <class Bits>
int bit_to(Bits bits, int to) {
    if (to < 0) return -1;
    constexpr int kTop = sizeof(Bits) * 8 - 1;
    const Bits rest = to >= kTop ? bits : bits & static_cast<Bits>((Bits{1} << static_cast<unsigned>(to + 1)) - 1);
    return rest == 0 ? -1 : kTop - std::countl_zero(rest);
}

template <class Bits>
int lowest(Bits bits) {
    return bit_from(bits, 0);
}
template <class Bits>
int highest(Bits bits) {
    return bit_to(bits, static_cast<int>(sizeof(Bits)) * 8 - 1);
}

Seconds time_of(int hour, int minute, int second) {
    return (Seconds{hour} * 60 + minute) * 60 + second;
}

/// The smallest matching time of day at or after `from`, or -1.
Seconds next_time(const CronFields& f, Seconds from) {
    const auto hour = static_cast<unsigned>(from / 3600);
    const auto minute = static_cast<unsigned>(from / 60 % 60);
    const auto second = static_cast<unsigned>(from % 60);
    if ((f.hours >> hour & 1U) != 0) {
        if ((f.minutes >> minute & 1U) != 0) {
            if (const int s = bit_from(f.seconds, second); s >= 0) return time_of(int(hour), int(minute), s);
        }
        if (const int m = bit_from(f.minutes, minute + 1); m >= 0) return time_of(int(hour), m, lowest(f.seconds));
    }
    const int h = bit_from(f.hours, hour + 1);
    return h < 0 ? -1 : time_of(h, lowest(f.minutes), lowest(f.seconds));
}

/// The largest matching time of day at or before `from`, or -1.
Seconds prev_time(const CronFields& f, Seconds from) {
    const auto hour = static_cast<int>(from / 3600);
    const auto minute = static_cast<int>(from / 60 % 60);
    const auto second = static_cast<int>(from % 60);
    if ((f.hours >> unsigned(hour) & 1U) != 0) {
        if ((f.minutes >> unsigned(minute) & 1U) != 0) {
            if (const int s = bit_to(f.seconds, second); s >= 0) return time_of(hour, minute, s);
        }
        if (const int m = bit_to(f.minutes, minute - 1); m >= 0) return time_of(hour, m, highest(f.seconds));
    }
    const int h = bit_to(f.hours, hour - 1);
    return h < 0 ? -1 : time_of(h, highest(f.minutes), highest(f.seconds));
}

/// Remembers which of the 14 kinds of year (leap or not, weekday of January 1) had no matching day at all, so that a
/// hopeless expression costs one step a year and not twelve.
class BarrenYears {
public:
    bool contains(int year) const { return (kinds_ >> kind(year) & 1U) != 0; }
    void add(int year) { kinds_ |= 1U << kind(year); }

private:
    static unsigned kind(int year) {
        return weekday_of(day_number(year, 1, 1)) + (chrono::year{year}.is_leap() ? 7U : 0U);
    }
    std::uint32_t kinds_ = 0;
};

/// The first matching day in or after a year (`forward`), or the last in or before it.
template <bool forward>
std::optional<Seconds> scan_years(const CronFields& f, int year, int& steps) {
    BarrenYears barren;
    const int bound = forward ? kLastYear : kFirstYear;
    const int cycle_end = forward ? std::min(bound, year + kCalendarCycle) : std::max(bound, year - kCalendarCycle);
    const int last = f.years.empty() ? cycle_end : bound;
    for (; forward ? year <= last : year >= last; year += forward ? 1 : -1) {
        ++steps;
        if (!f.has_year(year) || barren.contains(year)) continue;
        for (int m = forward ? lowest(f.months) : highest(f.months); m >= 0;
             m = forward ? bit_from(f.months, unsigned(m) + 1) : bit_to(f.months, m - 1)) {
            ++steps;
            const auto days = f.days_of_month(year, unsigned(m));
            if (days == 0) continue;
            return day_number(year, unsigned(m), unsigned(forward ? lowest(days) : highest(days)));
        }
        barren.add(year);
    }
    return std::nullopt;
}

std::optional<Seconds> next_day(const CronFields& f, Seconds from, int& steps) {
    const auto date = date_of(from);
    const int year = int(date.year());
    if (f.has_year(year)) {
        auto month = unsigned(date.month());
        auto first = unsigned(date.day());
        for (int m = bit_from(f.months, month); m >= 0; m = bit_from(f.months, unsigned(m) + 1)) {
            ++steps;
            if (unsigned(m) != month) first = 1;
            if (const int d = bit_from(f.days_of_month(year, unsigned(m)), first); d >= 0) {
                return day_number(year, unsigned(m), unsigned(d));
            }
        }
    }
    return scan_years<true>(f, year + 1, steps);
}

std::optional<Seconds> prev_day(const CronFields& f, Seconds from, int& steps) {
    const auto date = date_of(from);
    const int year = int(date.year());
    if (f.has_year(year)) {
        auto month = int(unsigned(date.month()));
        auto last = int(unsigned(date.day()));
        for (int m = bit_to(f.months, month); m >= 0; m = bit_to(f.months, m - 1)) {
            ++steps;
            if (m != month) last = 31;
            if (const int d = bit_to(f.days_of_month(year, unsigned(m)), last); d >= 0) {
                return day_number(year, unsigned(m), unsigned(d));
            }
        }
    }
    return scan_years<false>(f, year - 1, steps);
}

} // namespace

bool CronFields::has_year(int year) const {
    if (years.empty()) return true;
    const auto bit = static_cast<unsigned>(year);
    return year > 0 && bit / 64 < years.size() && (years[bit / 64] >> (bit % 64) & 1U) != 0;
}

std::uint32_t CronFields::days_of_month(int year, unsigned month) const {
    const auto length = month_length(year, month);
    const auto first = weekday_of(day_number(year, month, 1));
    const auto valid = static_cast<std::uint32_t>(((std::uint64_t{1} << length) - 1) << 1U);

    auto by_day = days;
    if (last_weekday) by_day |= 1U << nearest_working_day(length, length, first);
    const auto each = [](std::uint32_t bits, auto&& use) {
        for (; bits != 0; bits &= bits - 1) use(unsigned(std::countr_zero(bits)));
    };
    each(days_from_end, [&](unsigned n) { by_day |= n < length ? 1U << (length - n) : 0; });
    each(nearest_weekday & valid, [&](unsigned n) { by_day |= 1U << nearest_working_day(n, length, first); });
    each(weekday_from_end, [&](unsigned n) {
        if (n < length) by_day |= 1U << nearest_working_day(length - n, length, first);
    });

    auto by_weekday = days_on(weekdays, first);
    for (unsigned n = 0; n < nth_weekdays.size(); ++n) {
        if (nth_weekdays[n] != 0)
            by_weekday |= days_on(nth_weekdays[n], first) & static_cast<std::uint32_t>(0xFEULL << (7 * n));
    }
    if (last_weekdays != 0) by_weekday |= days_on(last_weekdays, first) & (0x7FU << (length - 6));

    return (both_days ? by_day & by_weekday : by_day | by_weekday) & valid;
}

std::optional<Seconds> CronFields::next(Seconds from, int& steps) const {
    from = std::max(from, kFirstDay * kSecondsPerDay);
    const auto day = floor_div(from, kSecondsPerDay);
    if (day > kLastDay) return std::nullopt;
    const auto time = next_time(*this, from - day * kSecondsPerDay);
    const auto found = next_day(*this, time >= 0 ? day : day + 1, steps);
    if (!found) return std::nullopt;
    const auto earliest = time_of(lowest(hours), lowest(minutes), lowest(seconds));
    return *found * kSecondsPerDay + (*found == day && time >= 0 ? time : earliest);
}

std::optional<Seconds> CronFields::prev(Seconds from, int& steps) const {
    from = std::min(from, kLastDay * kSecondsPerDay + kSecondsPerDay - 1);
    const auto day = floor_div(from, kSecondsPerDay);
    if (day < kFirstDay) return std::nullopt;
    const auto time = prev_time(*this, from - day * kSecondsPerDay);
    const auto found = prev_day(*this, time >= 0 ? day : day - 1, steps);
    if (!found) return std::nullopt;
    const auto latest = time_of(highest(hours), highest(minutes), highest(seconds));
    return *found * kSecondsPerDay + (*found == day && time >= 0 ? time : latest);
}

} // namespace attune::logic::schedule
