#pragma once
#include <cstdint>
#include <span>
#include <string>

namespace attune::fuzz {

/// Reads bytes as a schedule (the first few choose the kind, the dialect, the zone and the policies, the rest is the
/// expression or rule) and checks what every schedule keeps: `next` ascends, is the same for every instant up to it,
/// and `prev` leads back to it. Returns what is broken, or an empty text; also when the bytes are no schedule.
std::string broken_property(std::span<const std::uint8_t> bytes);

} // namespace attune::fuzz
