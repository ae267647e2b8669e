#pragma once
#include "base/enums.hpp"

#include <cstdint>

namespace attune::logic::schedule {

/// What a fixed-time schedule does when its local time does not exist (the clock jumps forward over it).
enum class DstGap : std::uint8_t {
    run_after, ///< once, at the first instant after the gap
    skip,      ///< not at all
    shift,     ///< later by the length of the gap
};
ATTUNE_ENUM(DstGap, run_after, skip, shift)

/// What a fixed-time schedule does when its local time exists twice (the clock is turned back).
enum class DstOverlap : std::uint8_t {
    first, ///< in the first copy only
    last,  ///< in the second copy only
    both,  ///< in both
};
ATTUNE_ENUM(DstOverlap, first, last, both)

/// The two policies together.
struct DstPolicy {
    DstGap gap = DstGap::run_after;
    DstOverlap overlap = DstOverlap::first;
};

} // namespace attune::logic::schedule
