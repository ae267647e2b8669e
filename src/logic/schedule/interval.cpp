#include "logic/schedule/interval.hpp"

#include <algorithm>

namespace attune::logic::schedule {
namespace {

/// The greatest n >= 0 with anchor + n·period <= at.
std::int64_t periods_until(Duration period, Timestamp at, Timestamp anchor) {
    return at <= anchor ? 0 : (at - anchor) / period;
}

} // namespace

std::optional<Timestamp> Interval::next(Timestamp after, Timestamp anchor) const {
    if (after > Timestamp::max() - 2 * period) return std::nullopt;
    return anchor + period * (periods_until(period, after, anchor) + 1);
}

std::optional<Timestamp> Interval::prev(Timestamp before, Timestamp anchor) const {
    const auto n = periods_until(period, before - Duration{1}, anchor);
    if (n < 1) return std::nullopt;
    return anchor + period * n;
}

std::int64_t Interval::count(Timestamp after, Timestamp through, Timestamp anchor) const {
    return std::max<std::int64_t>(0, periods_until(period, through, anchor) - periods_until(period, after, anchor));
}

} // namespace attune::logic::schedule
