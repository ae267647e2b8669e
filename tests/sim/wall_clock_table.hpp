#pragma once
#include "base/timestamp.hpp"

#include <string>
#include <vector>

namespace attune::test {

/// Seconds of wall-clock time, counted as if the zone were UTC.
using WallSeconds = std::chrono::local_seconds;

/// What the clocks of a zone show, as the C library says: nothing here is shared with `logic/schedule`. Knows the years
/// 2010 to 2041, and throws std::logic_error when it is asked about others.
class WallClockTable {
public:
    struct Stretch {
        std::chrono::sys_seconds start; ///< from here on ...
        std::chrono::seconds offset;    ///< ... the clocks are ahead of UTC by this
    };

    /// Kept for the life of the process. Not thread-safe.
    static const WallClockTable& of(const std::string& zone);

    WallSeconds local(Timestamp at) const;
    /// The instants at which the clocks show this time: none in a gap, two in an overlap, in order.
    std::vector<std::chrono::sys_seconds> instants(WallSeconds wall) const;
    /// The change of the clocks that jumps over this wall-clock time: its instant and the length of the gap.
    struct Gap {
        std::chrono::sys_seconds at;
        std::chrono::seconds length;
    };
    Gap gap_over(WallSeconds wall) const;
    /// Instants at which the clocks change.
    std::vector<Timestamp> changes() const;

private:
    explicit WallClockTable(const std::string& zone);
    std::vector<Stretch> stretches_;
};

} // namespace attune::test
