#include "logic/schedule/rrule_days.hpp"

#include "logic/schedule/bits.hpp"
#include "logic/schedule/calendar.hpp"

#include <algorithm>

namespace attune::logic::schedule {
namespace {

constexpr int kWordBits = 64;
constexpr std::uint32_t kEveryMonth = 0x1FFE;

/// The first day of the week number 1 of a year: the first week with at least four days in it.
Seconds first_week(int year, unsigned week_start) {
    const auto january_4 = day_number(year, 1, 4);
    return january_4 - (weekday_of(january_4) + 7 - week_start) % 7;
}

} // namespace

void DaySet::add(Seconds day) {
    const auto bit = static_cast<unsigned>(day - first_);
    words_[bit / kWordBits] |= std::uint64_t{1} << (bit % kWordBits);
}

void DaySet::add_month(Seconds base, std::uint32_t days) {
    for (int d = lowest_bit(days); d >= 0; d = bit_from(days, unsigned(d) + 1)) add(base + d);
}

int DaySet::size() const {
    int total = 0;
    for (const auto word : words_) total += std::popcount(word);
    return total;
}

bool DaySet::contains(Seconds day) const {
    const auto bit = day - first_;
    if (bit < 0 || bit >= static_cast<Seconds>(words_.size()) * kWordBits) return false;
    return (words_[static_cast<std::size_t>(bit / kWordBits)] >> unsigned(bit % kWordBits) & 1U) != 0;
}

int DaySet::rank(Seconds day) const {
    int before = 0;
    for (std::size_t word = 0; word < words_.size(); ++word) {
        const auto bits = std::clamp<Seconds>(day - first_ - static_cast<Seconds>(word) * kWordBits, 0, kWordBits);
        before += bits_below(words_[word], static_cast<unsigned>(bits));
    }
    return before;
}

Seconds DaySet::nth(int n) const {
    for (std::size_t word = 0; word < words_.size(); ++word) {
        const int here = std::popcount(words_[word]);
        if (n < here) return first_ + static_cast<Seconds>(word) * kWordBits + nth_bit(words_[word], n);
        n -= here;
    }
    return first_;
}

RuleDays::RuleDays(const RuleParts& parts, Seconds dtstart_day) : parts_(parts) {
    const auto start = date_of(dtstart_day);
    const bool by_day =
        parts_.has_month_days() || parts_.has_weekdays() || !parts_.year_days.empty() || parts_.has_weeks();
    ordinals_in_year_ = parts_.frequency == Frequency::yearly && parts_.months == 0;
    if (!by_day && parts_.frequency == Frequency::yearly && parts_.months == 0) parts_.months = 1U << start.month;
    if (!by_day && parts_.frequency >= Frequency::monthly) parts_.month_days = 1U << start.day;
    const bool weeks_alone =
        parts_.has_weeks() && !parts_.has_weekdays() && !parts_.has_month_days() && parts_.year_days.empty();
    if (weeks_alone || (!by_day && parts_.frequency == Frequency::weekly)) {
        parts_.weekdays = 1U << weekday_of(dtstart_day);
    }
    if (parts_.months == 0) parts_.months = kEveryMonth;
}

std::uint32_t RuleDays::of_month(int year, unsigned month) const {
    if ((parts_.months >> month & 1U) == 0) return 0;
    const auto length = month_length(year, month);
    auto days = days_up_to(length);
    if (parts_.has_month_days()) {
        auto by_number = parts_.month_days;
        for (unsigned n = 1; n <= length; ++n) {
            if ((parts_.month_days_from_end >> n & 1U) != 0) by_number |= 1U << (length + 1 - n);
        }
        days &= by_number;
    }
    if (parts_.has_weekdays()) days &= by_weekday(year, month, length, weekday_of(day_number(year, month, 1)));
    if (!parts_.year_days.empty()) days &= by_year_day(year, month);
    if (parts_.has_weeks()) days &= by_week(year, month, length);
    return days;
}

std::uint32_t RuleDays::by_weekday(int year, unsigned month, unsigned length, unsigned first_weekday) const {
    auto days = days_on(parts_.weekdays, first_weekday);
    if (parts_.nth_weekdays.empty()) return days;
    if (ordinals_in_year_) return days | by_ordinal_in_year(year, month);
    for (const auto& [n, weekday] : parts_.nth_weekdays) {
        const auto all = days_on(1U << weekday, first_weekday) & days_up_to(length);
        const int found = nth_bit(all, n > 0 ? n - 1 : std::popcount(all) + n);
        if (found > 0 && std::popcount(all) >= std::abs(n)) days |= 1U << unsigned(found);
    }
    return days;
}

std::uint32_t RuleDays::by_ordinal_in_year(int year, unsigned month) const {
    const auto january_1 = day_number(year, 1, 1);
    const auto last_day = january_1 + year_length(year) - 1;
    std::uint32_t days = 0;
    for (const auto& [n, weekday] : parts_.nth_weekdays) {
        const auto day = n > 0 ? january_1 + (weekday + 7 - weekday_of(january_1)) % 7 + (n - 1) * 7
                               : last_day - (weekday_of(last_day) + 7 - weekday) % 7 + (n + 1) * 7;
        const auto date = date_of(day);
        if (date.year == year && date.month == month) days |= 1U << date.day;
    }
    return days;
}

std::uint32_t RuleDays::by_year_day(int year, unsigned month) const {
    const auto first = day_number(year, month, 1) - day_number(year, 1, 1);
    const auto length = year_length(year);
    std::uint32_t days = 0;
    for (const int n : parts_.year_days) {
        const auto day = (n > 0 ? n : length + 1 + n) - first;
        if (day >= 1 && day <= 31) days |= 1U << static_cast<unsigned>(day);
    }
    return days;
}

std::uint32_t RuleDays::by_week(int year, unsigned month, unsigned length) const {
    const auto base = day_number(year, month, 1) - 1;
    std::uint32_t days = 0;
    for (unsigned d = 1; d <= length; ++d) {
        const auto day = base + d;
        int of = year; // a day near New Year may belong to a week of the next or the last year
        if (day >= first_week(year + 1, parts_.week_start)) of = year + 1;
        if (day < first_week(year, parts_.week_start)) of = year - 1;
        const auto first = first_week(of, parts_.week_start);
        const auto weeks = (first_week(of + 1, parts_.week_start) - first) / 7;
        const auto week = (day - first) / 7 + 1;
        const bool chosen = (parts_.weeks >> unsigned(week) & 1U) != 0 ||
                            (parts_.weeks_from_end >> unsigned(weeks + 1 - week) & 1U) != 0;
        if (chosen) days |= 1U << d;
    }
    return days;
}

DaySet RuleDays::of_year(int year) const {
    DaySet set(day_number(year, 1, 1));
    for (unsigned month = 1; month <= 12; ++month) {
        if ((parts_.months >> month & 1U) != 0) set.add_month(day_number(year, month, 1) - 1, of_month(year, month));
    }
    return set;
}

bool RuleDays::contains(Seconds day) const {
    const auto date = date_of(day);
    return (of_month(date.year, date.month) >> date.day & 1U) != 0;
}

DaySet RuleDays::of_week(Seconds first_day) const {
    DaySet set(first_day);
    for (auto day = first_day; day < first_day + 7; ++day) {
        if (contains(day)) set.add(day);
    }
    return set;
}

std::optional<Seconds> RuleDays::next(Seconds day, int& steps, int most_steps) const {
    auto [year, month, first] = date_of(day);
    for (; year <= kLastYear && ++steps <= most_steps; first = 1) {
        if (const int d = bit_from(of_month(year, month), first); d > 0) return day_number(year, month, unsigned(d));
        if (++month > 12) {
            month = 1;
            ++year;
        }
    }
    return std::nullopt;
}

std::optional<Seconds> RuleDays::prev(Seconds day, int& steps, int most_steps) const {
    auto [year, month, last] = date_of(day);
    for (; year >= kFirstYear && ++steps <= most_steps; last = 31) {
        if (const int d = bit_to(of_month(year, month), int(last)); d > 0) return day_number(year, month, unsigned(d));
        if (--month < 1) {
            month = 12;
            --year;
        }
    }
    return std::nullopt;
}

} // namespace attune::logic::schedule
