#pragma once
#include <cstdint>
#include <string>

namespace attune {

/// Where randomness comes from. Thread-safe. The production one (adapters/system_random) is cryptographically strong;
/// the tests' one is seeded.
class Random {
public:
    virtual ~Random() = default;
    virtual std::uint64_t next() = 0;
    /// `count` bytes.
    virtual std::string bytes(std::size_t count) = 0;
    /// In [0, 1).
    double uniform() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }
};

} // namespace attune
