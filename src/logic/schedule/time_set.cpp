#include "logic/schedule/time_set.hpp"

#include "logic/schedule/bits.hpp"

namespace attune::logic::schedule {
namespace {

Seconds time_of(int hour, int minute, int second) {
    return (Seconds{hour} * 60 + minute) * 60 + second;
}

} // namespace

TimeSet TimeSet::all() {
    return {(std::uint64_t{1} << 60U) - 1, (std::uint64_t{1} << 60U) - 1, (1U << 24U) - 1};
}

Seconds TimeSet::first() const {
    return time_of(lowest_bit(hours), lowest_bit(minutes), lowest_bit(seconds));
}

Seconds TimeSet::last() const {
    return time_of(highest_bit(hours), highest_bit(minutes), highest_bit(seconds));
}

Seconds TimeSet::next(Seconds from) const {
    const auto hour = static_cast<unsigned>(from / 3600);
    const auto minute = static_cast<unsigned>(from / 60 % 60);
    const auto second = static_cast<unsigned>(from % 60);
    if ((hours >> hour & 1U) != 0) {
        if ((minutes >> minute & 1U) != 0) {
            if (const int s = bit_from(seconds, second); s >= 0) return time_of(int(hour), int(minute), s);
        }
        if (const int m = bit_from(minutes, minute + 1); m >= 0) return time_of(int(hour), m, lowest_bit(seconds));
    }
    const int h = bit_from(hours, hour + 1);
    return h < 0 ? -1 : time_of(h, lowest_bit(minutes), lowest_bit(seconds));
}

Seconds TimeSet::prev(Seconds from) const {
    const auto hour = static_cast<int>(from / 3600);
    const auto minute = static_cast<int>(from / 60 % 60);
    const auto second = static_cast<int>(from % 60);
    if ((hours >> unsigned(hour) & 1U) != 0) {
        if ((minutes >> unsigned(minute) & 1U) != 0) {
            if (const int s = bit_to(seconds, second); s >= 0) return time_of(hour, minute, s);
        }
        if (const int m = bit_to(minutes, minute - 1); m >= 0) return time_of(hour, m, highest_bit(seconds));
    }
    const int h = bit_to(hours, hour - 1);
    return h < 0 ? -1 : time_of(h, highest_bit(minutes), highest_bit(seconds));
}

int TimeSet::size() const {
    return std::popcount(hours) * std::popcount(minutes) * std::popcount(seconds);
}

int TimeSet::rank(Seconds time) const {
    const auto hour = static_cast<unsigned>(time / 3600);
    const auto minute = static_cast<unsigned>(time / 60 % 60);
    int below = bits_below(hours, hour) * std::popcount(minutes);
    if ((hours >> hour & 1U) == 0) return below * std::popcount(seconds);
    below = (below + bits_below(minutes, minute)) * std::popcount(seconds);
    if ((minutes >> minute & 1U) != 0) below += bits_below(seconds, static_cast<unsigned>(time % 60));
    return below;
}

Seconds TimeSet::nth(int n) const {
    const int each_minute = std::popcount(seconds);
    const int each_hour = each_minute * std::popcount(minutes);
    return time_of(nth_bit(hours, n / each_hour), nth_bit(minutes, n % each_hour / each_minute),
                   nth_bit(seconds, n % each_minute));
}

} // namespace attune::logic::schedule
