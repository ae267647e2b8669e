#pragma once
#include "base/hash_algorithm.hpp"

#include <string>
#include <string_view>

namespace attune {

/// Digests and message authentication. Thread-safe. Results are raw bytes.
class Digests {
public:
    virtual ~Digests() = default;
    virtual std::string sha256(std::string_view bytes) const = 0;
    virtual std::string hmac(HashAlgorithm algorithm, std::string_view key, std::string_view bytes) const = 0;
    /// Takes the same time wherever the two differ.
    virtual bool equal(std::string_view a, std::string_view b) const = 0;
};

} // namespace attune
