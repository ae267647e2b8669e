#pragma once
#include "base/timestamp.hpp"

#include <optional>

namespace attune::logic::schedule {

/// Elapsed time from an anchor: fires at anchor + n·period, n >= 1. Daylight saving does not touch it. All O(1).
struct Interval {
    Duration period{1s}; ///< positive

    std::optional<Timestamp> next(Timestamp after, Timestamp anchor) const;
    std::optional<Timestamp> prev(Timestamp before, Timestamp anchor) const;
    /// How many nominal times are in (after, through].
    std::int64_t count(Timestamp after, Timestamp through, Timestamp anchor) const;
};

} // namespace attune::logic::schedule
