#pragma once
#include "logic/schedule/time_set.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace attune::logic::schedule {

/// A cron expression as sets of bits: bit n = the value n. The matcher of local times.
struct CronFields {
    TimeSet times;            ///< without a seconds field: second 0
    std::uint32_t months = 0; ///< 1-12

    std::uint32_t days = 0;             ///< 1-31, those given by number
    std::uint32_t days_from_end = 0;    ///< bit n: n days before the last of the month (bit 0: `L`)
    std::uint32_t nearest_weekday = 0;  ///< `nW`
    std::uint32_t weekday_from_end = 0; ///< bit n: the weekday nearest to n days before the last (`L-nW`)
    bool last_weekday = false;          ///< `LW`: the last day of the month that is Monday to Friday

    std::uint8_t weekdays = 0;                  ///< bit 0 = Sunday
    std::array<std::uint8_t, 5> nth_weekdays{}; ///< `d#n`: weekdays on their n-th (index n - 1) occurrence in the month
    std::uint8_t last_weekdays = 0;             ///< `dL`

    /// How day of month and day of week combine: both must match, else either.
    bool both_days = true;

    /// Bit y = the year y, 1 to 9999; empty when every year matches.
    std::vector<std::uint64_t> years;

    /// The smallest matching local time at or after `from`, to the end of the year 9999; nothing when there is none.
    /// Every turn of a loop adds one to `steps`.
    std::optional<Seconds> next(Seconds from, int& steps) const;
    /// The largest matching local time at or before `from`, from the year 1.
    std::optional<Seconds> prev(Seconds from, int& steps) const;

    /// The matching days of a month, bit d = day d.
    std::uint32_t days_of_month(int year, unsigned month) const;
    bool has_year(int year) const;
};

} // namespace attune::logic::schedule
