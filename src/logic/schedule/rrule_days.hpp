#pragma once
#include "logic/schedule/rrule_parts.hpp"

#include <array>

namespace attune::logic::schedule {

/// Up to 384 consecutive days, some of them in the set.
class DaySet {
public:
    explicit DaySet(Seconds first_day) : first_(first_day) {}

    void add(Seconds day);
    /// Adds bit d of `days` as the day `base` + d; `base` is not before the first day.
    void add_month(Seconds base, std::uint32_t days);

    int size() const;
    bool contains(Seconds day) const;
    int rank(Seconds day) const; ///< how many are before `day`
    Seconds nth(int n) const;    ///< from 0; n < size()

private:
    Seconds first_;
    std::array<std::uint64_t, 6> words_{};
};

/// Which days the date parts of a rule select.
class RuleDays {
public:
    /// Fills in what the rule leaves to `dtstart`'s date, as the standard says.
    RuleDays(const RuleParts& parts, Seconds dtstart_day);

    /// The matching days of a month, bit d = day d.
    std::uint32_t of_month(int year, unsigned month) const;
    DaySet of_year(int year) const;
    DaySet of_week(Seconds first_day) const;
    bool contains(Seconds day) const;

    /// The first matching day at or after `day` / the last at or before. A month examined is one of `steps`; nothing
    /// when there is none or `steps` pass `most_steps`.
    std::optional<Seconds> next(Seconds day, int& steps, int most_steps) const;
    std::optional<Seconds> prev(Seconds day, int& steps, int most_steps) const;

private:
    std::uint32_t by_weekday(int year, unsigned month, unsigned length, unsigned first_weekday) const;
    std::uint32_t by_ordinal_in_year(int year, unsigned month) const;
    std::uint32_t by_year_day(int year, unsigned month) const;
    std::uint32_t by_week(int year, unsigned month, unsigned length) const;

    RuleParts parts_;
    bool ordinals_in_year_ = false; ///< numbered weekdays count within the year, not the month
};

} // namespace attune::logic::schedule
