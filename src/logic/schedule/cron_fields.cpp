#include "logic/schedule/cron_fields.hpp"

#include "logic/schedule/bits.hpp"
#include "logic/schedule/calendar.hpp"

#include <algorithm>

namespace attune::logic::schedule {
namespace {

/// The calendar repeats after this many years: what has not matched by then never does.
constexpr int kCalendarCycle = 400;

/// The day from Monday to Friday nearest to `day`, within the month.
unsigned nearest_working_day(unsigned day, unsigned length, unsigned first_weekday) {
    const auto weekday = (first_weekday + day - 1) % 7;
    if (weekday == 6) return day > 1 ? day - 1 : day + 2;
    if (weekday == 0) return day < length ? day + 1 : day - 2;
    return day;
}

/// Remembers which of the 14 kinds of year (leap or not, weekday of January 1) had no matching day at all, so that a
/// hopeless expression costs one step a year and not twelve.
class BarrenYears {
public:
    bool contains(int year) const { return (kinds_ >> kind(year) & 1U) != 0; }
    void add(int year) { kinds_ |= 1U << kind(year); }

private:
    static unsigned kind(int year) { return weekday_of(day_number(year, 1, 1)) + (year_length(year) == 366 ? 7U : 0U); }
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
        for (int m = forward ? lowest_bit(f.months) : highest_bit(f.months); m >= 0;
             m = forward ? bit_from(f.months, unsigned(m) + 1) : bit_to(f.months, m - 1)) {
            ++steps;
            const auto days = f.days_of_month(year, unsigned(m));
            if (days == 0) continue;
            return day_number(year, unsigned(m), unsigned(forward ? lowest_bit(days) : highest_bit(days)));
        }
        barren.add(year);
    }
    return std::nullopt;
}

std::optional<Seconds> next_day(const CronFields& f, Seconds from, int& steps) {
    const auto date = date_of(from);
    const int year = date.year;
    if (f.has_year(year)) {
        auto month = date.month;
        auto first = date.day;
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
    const int year = date.year;
    if (f.has_year(year)) {
        auto month = int(date.month);
        auto last = int(date.day);
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
    const auto valid = days_up_to(length);

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
    const auto time = times.next(from - day * kSecondsPerDay);
    const auto found = next_day(*this, time >= 0 ? day : day + 1, steps);
    if (!found) return std::nullopt;
    return *found * kSecondsPerDay + (*found == day && time >= 0 ? time : times.first());
}

std::optional<Seconds> CronFields::prev(Seconds from, int& steps) const {
    from = std::min(from, kLastDay * kSecondsPerDay + kSecondsPerDay - 1);
    const auto day = floor_div(from, kSecondsPerDay);
    if (day < kFirstDay) return std::nullopt;
    const auto time = times.prev(from - day * kSecondsPerDay);
    const auto found = prev_day(*this, time >= 0 ? day : day - 1, steps);
    if (!found) return std::nullopt;
    return *found * kSecondsPerDay + (*found == day && time >= 0 ? time : times.last());
}

} // namespace attune::logic::schedule
