#pragma once
#include "logic/schedule/rrule_days.hpp"

namespace attune::logic::schedule {

/// Occurrences of a rule of frequency DAILY or coarser, in local time. Each period (day, week, month, year) is computed
/// by itself, so the cost does not depend on the distance from the start.
class CalendarRule {
public:
    /// `dtstart`: local. The bounds of the series are the caller's, but for the start.
    CalendarRule(const RuleParts& parts, Seconds dtstart);

    /// The smallest occurrence at or after `from` / the largest at or before, not before dtstart. Adds to `steps`, and
    /// gives up (nothing) beyond `most_steps`.
    std::optional<Seconds> next(Seconds from, int& steps, int most_steps) const;
    std::optional<Seconds> prev(Seconds from, int& steps, int most_steps) const;

    /// The n-th occurrence, from 1; nothing when the series is shorter. `steps` beyond `most_steps`: not found out.
    std::optional<Seconds> nth(std::int64_t n, int& steps, int most_steps) const;

private:
    /// The occurrences of one period, in ascending order, by number.
    class Period;

    Period period(Seconds index) const;
    /// The number of the period, counted from that of dtstart, in which a day is; may be negative.
    Seconds index_of(Seconds day) const;
    /// The first day of a period.
    Seconds first_day(Seconds index) const;
    std::optional<Seconds> next_index(Seconds index, int& steps, int most_steps) const;
    std::optional<Seconds> prev_index(Seconds index, int& steps, int most_steps) const;

    Frequency frequency_;
    std::int64_t interval_;
    std::vector<int> positions_;
    unsigned week_start_;
    Seconds dtstart_;
    Seconds dtstart_day_;
    RuleDays days_;
    TimeSet times_;
    int cost_ = 1; ///< steps that one period counts
};

} // namespace attune::logic::schedule
