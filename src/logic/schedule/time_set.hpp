#pragma once
#include "logic/schedule/time_zone.hpp"

namespace attune::logic::schedule {

/// Times of day: every combination of an hour, a minute and a second out of three sets. Bit n = the value n. A time is
/// the number of seconds since midnight.
struct TimeSet {
    std::uint64_t seconds = 1; ///< 0-59
    std::uint64_t minutes = 1; ///< 0-59
    std::uint32_t hours = 1;   ///< 0-23

    /// Every second of the day.
    static TimeSet all();

    /// The smallest time at or after `from` (which is within a day), or -1.
    Seconds next(Seconds from) const;
    /// The largest time at or before `from`, or -1.
    Seconds prev(Seconds from) const;
    Seconds first() const;
    Seconds last() const;

    int size() const;
    /// How many times are before `time`.
    int rank(Seconds time) const;
    /// The n-th time, from 0; n < size().
    Seconds nth(int n) const;
};

} // namespace attune::logic::schedule
