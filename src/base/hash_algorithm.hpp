#pragma once
#include "base/enums.hpp"

#include <cstdint>

namespace attune {

enum class HashAlgorithm : std::uint8_t { sha1, sha256, sha512 };
ATTUNE_ENUM(HashAlgorithm, sha1, sha256, sha512)

} // namespace attune
