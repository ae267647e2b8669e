#include "logic/schedule/rrule_calendar.hpp"

#include "logic/schedule/calendar.hpp"

#include <algorithm>

namespace attune::logic::schedule {
namespace {

/// The times of day of a rule: what it does not name comes from dtstart.
TimeSet times_of(const RuleParts& parts, Seconds time) {
    TimeSet times;
    times.hours = parts.hours != 0 ? parts.hours : 1U << unsigned(time / 3600);
    times.minutes = parts.minutes != 0 ? parts.minutes : std::uint64_t{1} << unsigned(time / 60 % 60);
    times.seconds = parts.seconds != 0 ? parts.seconds : std::uint64_t{1} << unsigned(time % 60);
    return times;
}

Seconds month_index(const Date& date) {
    return Seconds{date.year} * 12 + date.month - 1;
}

} // namespace

class CalendarRule::Period {
public:
    Period(const CalendarRule& rule, DaySet days) : times_(rule.times_), days_(days) {
        const auto all = std::int64_t{days_.size()} * times_.size();
        size_ = all;
        if (rule.positions_.empty()) return;
        for (const int position : rule.positions_) {
            const auto n = position > 0 ? position - 1 : all + position;
            if (n >= 0 && n < all) chosen_.push_back(n);
        }
        std::sort(chosen_.begin(), chosen_.end());
        chosen_.erase(std::unique(chosen_.begin(), chosen_.end()), chosen_.end());
        size_ = static_cast<std::int64_t>(chosen_.size());
        by_position_ = true;
    }

    std::int64_t size() const { return size_; }

    /// The n-th occurrence, from 0.
    Seconds nth(std::int64_t n) const {
        const auto all = by_position_ ? chosen_[static_cast<std::size_t>(n)] : n;
        return days_.nth(static_cast<int>(all / times_.size())) * kSecondsPerDay +
               times_.nth(static_cast<int>(all % times_.size()));
    }

    /// How many occurrences are before a local time.
    std::int64_t rank(Seconds local) const {
        const auto day = floor_div(local, kSecondsPerDay);
        auto all = std::int64_t{days_.rank(day)} * times_.size();
        if (days_.contains(day)) all += times_.rank(local - day * kSecondsPerDay);
        if (!by_position_) return all;
        return std::lower_bound(chosen_.begin(), chosen_.end(), all) - chosen_.begin();
    }

private:
    const TimeSet& times_;
    DaySet days_;
    std::vector<std::int64_t> chosen_; ///< by BYSETPOS, among all of the period
    std::int64_t size_ = 0;
    bool by_position_ = false;
};

CalendarRule::CalendarRule(const RuleParts& parts, Seconds dtstart)
    : frequency_(parts.frequency), interval_(parts.interval), positions_(parts.positions),
      week_start_(parts.week_start), dtstart_(dtstart), dtstart_day_(floor_div(dtstart, kSecondsPerDay)),
      days_(parts, dtstart_day_), times_(times_of(parts, floor_mod(dtstart, kSecondsPerDay))) {
    if (frequency_ == Frequency::yearly)
        cost_ = 12 + static_cast<int>(parts.nth_weekdays.size() + parts.year_days.size());
    if (frequency_ == Frequency::monthly) cost_ = 1 + static_cast<int>(parts.nth_weekdays.size() / 16);
    cost_ += static_cast<int>(positions_.size() / 8);
}

Seconds CalendarRule::index_of(Seconds day) const {
    switch (frequency_) {
    case Frequency::yearly: return date_of(day).year - date_of(dtstart_day_).year;
    case Frequency::monthly: return month_index(date_of(day)) - month_index(date_of(dtstart_day_));
    case Frequency::weekly: return floor_div(day - first_day(0), 7);
    case Frequency::secondly:
    case Frequency::minutely:
    case Frequency::hourly:
    case Frequency::daily: break;
    }
    return day - dtstart_day_;
}

Seconds CalendarRule::first_day(Seconds index) const {
    const auto start = date_of(dtstart_day_);
    switch (frequency_) {
    case Frequency::yearly: return day_number(start.year + static_cast<int>(index), 1, 1);
    case Frequency::monthly: {
        const auto month = month_index(start) + index;
        return day_number(static_cast<int>(floor_div(month, 12)), unsigned(floor_mod(month, 12)) + 1, 1);
    }
    case Frequency::weekly: return dtstart_day_ - (weekday_of(dtstart_day_) + 7 - week_start_) % 7 + index * 7;
    case Frequency::secondly:
    case Frequency::minutely:
    case Frequency::hourly:
    case Frequency::daily: break;
    }
    return dtstart_day_ + index;
}

CalendarRule::Period CalendarRule::period(Seconds index) const {
    const auto first = first_day(index);
    const auto date = date_of(first);
    DaySet days(first);
    switch (frequency_) {
    case Frequency::yearly: days = days_.of_year(date.year); break;
    case Frequency::monthly: days.add_month(first - 1, days_.of_month(date.year, date.month)); break;
    case Frequency::weekly: days = days_.of_week(first); break;
    case Frequency::secondly:
    case Frequency::minutely:
    case Frequency::hourly:
    case Frequency::daily:
        if (days_.contains(first)) days.add(first);
        break;
    }
    return Period(*this, days);
}

/// The first period at or after `index` that the interval and, day by day, the date parts allow.
std::optional<Seconds> CalendarRule::next_index(Seconds index, int& steps, int most_steps) const {
    index = std::max<Seconds>(index, 0);
    while (true) {
        index = (index + interval_ - 1) / interval_ * interval_;
        const auto start = date_of(dtstart_day_);
        if (frequency_ == Frequency::yearly && index > kLastYear - start.year) return std::nullopt;
        if (frequency_ == Frequency::monthly && index > (kLastYear - start.year) * 12) return std::nullopt;
        if (frequency_ <= Frequency::weekly && index > kLastDay - dtstart_day_) return std::nullopt;
        steps += cost_;
        if (steps > most_steps || first_day(index) > kLastDay) return std::nullopt;
        if (frequency_ != Frequency::daily) return index;
        const auto day = days_.next(dtstart_day_ + index, steps, most_steps);
        if (!day) return std::nullopt;
        if (*day == dtstart_day_ + index) return index;
        index = *day - dtstart_day_;
    }
}

/// The last such period at or before `index`.
std::optional<Seconds> CalendarRule::prev_index(Seconds index, int& steps, int most_steps) const {
    while (index >= 0) {
        index = index / interval_ * interval_;
        steps += cost_;
        if (steps > most_steps) return std::nullopt;
        if (frequency_ != Frequency::daily) return index;
        const auto day = days_.prev(dtstart_day_ + index, steps, most_steps);
        if (!day) return std::nullopt;
        if (*day == dtstart_day_ + index) return index;
        index = *day - dtstart_day_;
    }
    return std::nullopt;
}

std::optional<Seconds> CalendarRule::next(Seconds from, int& steps, int most_steps) const {
    from = std::max(from, dtstart_);
    if (from > kLastDay * kSecondsPerDay) return std::nullopt;
    auto index = next_index(index_of(floor_div(from, kSecondsPerDay)), steps, most_steps);
    for (; index; index = next_index(*index + 1, steps, most_steps)) {
        const auto here = period(*index);
        if (const auto n = here.rank(from); n < here.size()) return here.nth(n);
    }
    return std::nullopt;
}

std::optional<Seconds> CalendarRule::prev(Seconds from, int& steps, int most_steps) const {
    if (from < dtstart_) return std::nullopt;
    from = std::min(from, kLastDay * kSecondsPerDay);
    auto index = prev_index(index_of(floor_div(from, kSecondsPerDay)), steps, most_steps);
    for (; index; index = prev_index(*index - 1, steps, most_steps)) {
        const auto here = period(*index);
        const auto n = here.rank(from + 1);
        if (n == 0) continue;
        const auto found = here.nth(n - 1);
        if (found < dtstart_) return std::nullopt;
        return found;
    }
    return std::nullopt;
}

std::optional<Seconds> CalendarRule::nth(std::int64_t n, int& steps, int most_steps) const {
    for (auto index = next_index(0, steps, most_steps); index; index = next_index(*index + 1, steps, most_steps)) {
        const auto here = period(*index);
        const auto before = *index == 0 ? here.rank(dtstart_) : 0; // not part of the series
        if (n <= here.size() - before) return here.nth(before + n - 1);
        n -= here.size() - before;
    }
    return std::nullopt;
}

} // namespace attune::logic::schedule
