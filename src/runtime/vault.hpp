#pragma once
#include "base/result.hpp"

#include <string>
#include <string_view>

namespace attune {

/// Seals what is secret before it is stored, and opens it again. Thread-safe. The production one is adapters/crypto.
class Vault {
public:
    virtual ~Vault() = default;

    /// Base64 of nonce and ciphertext; different each time. `place` names where it will be stored: open() with another
    /// place fails, so that a sealed value is of no use in another row.
    virtual std::string seal(std::string_view text, std::string_view place) const = 0;

    /// The text. Errors: `internal`, when it was sealed with a key that is not known, for another place, or was
    /// changed.
    virtual Result<std::string> open(std::string_view sealed, std::string_view place) const = 0;

    /// Names the key that seals, without giving it away.
    virtual const std::string& fingerprint() const = 0;

    /// Whether the key of this fingerprint opens, too.
    virtual bool knows(std::string_view fingerprint) const = 0;
};

/// The vault that is there. Errors: `unavailable`, field "security.encryption_key", when there is none.
inline Result<const Vault*> required(const Vault* vault) {
    if (vault == nullptr) return Error{Errc::unavailable, "this process has no key", "security.encryption_key"};
    return vault;
}

} // namespace attune
