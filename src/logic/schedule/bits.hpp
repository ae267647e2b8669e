#pragma once
// Sets of small numbers as the bits of one word.
#include <bit>
#include <cstdint>

namespace attune::logic::schedule {

/// The lowest bit at or above `from`, or -1.
template <class Bits>
int bit_from(Bits bits, unsigned from) {
    if (from >= sizeof(Bits) * 8) return -1;
    const Bits rest = bits & static_cast<Bits>(~Bits{0} << from);
    return rest == 0 ? -1 : std::countr_zero(rest);
}

/// The highest bit at or below `to`, or -1.
template <class Bits>
int bit_to(Bits bits, int to) {
    if (to < 0) return -1;
    constexpr int kTop = sizeof(Bits) * 8 - 1;
    const Bits rest = to >= kTop ? bits : bits & static_cast<Bits>((Bits{1} << static_cast<unsigned>(to + 1)) - 1);
    return rest == 0 ? -1 : kTop - std::countl_zero(rest);
}

template <class Bits>
int lowest_bit(Bits bits) {
    return bit_from(bits, 0);
}
template <class Bits>
int highest_bit(Bits bits) {
    return bit_to(bits, static_cast<int>(sizeof(Bits)) * 8 - 1);
}

/// How many bits are below `position`.
template <class Bits>
int bits_below(Bits bits, unsigned position) {
    return position >= sizeof(Bits) * 8 ? std::popcount(bits)
                                        : std::popcount(static_cast<Bits>(bits & ((Bits{1} << position) - 1)));
}

/// The n-th bit that is set, from 0; -1 when there are fewer.
template <class Bits>
int nth_bit(Bits bits, int n) {
    for (; n > 0 && bits != 0; --n) bits &= bits - 1;
    return lowest_bit(bits);
}

} // namespace attune::logic::schedule
