#pragma once
#include "runtime/random.hpp"

namespace attune {

/// The kernel's random numbers, fit for secrets.
class SystemRandom final : public Random {
public:
    std::uint64_t next() override;
    std::string bytes(std::size_t count) override;
};

} // namespace attune
