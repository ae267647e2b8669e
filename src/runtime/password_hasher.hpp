#pragma once
#include "base/result.hpp"

#include <string>

namespace attune {

/// Hashes passwords (Argon2id, PHC strings). Thread-safe, and slow by design (about 35 ms, 19 MiB): call it in a
/// BlockingPool, never on a loop.
class PasswordHasher {
public:
    virtual ~PasswordHasher() = default;
    virtual Result<std::string> hash(const std::string& password) = 0;
    /// Whether `phc` is a hash of the password. False for text that is no PHC string or asks for immoderate work.
    virtual bool verify(const std::string& password, const std::string& phc) = 0;
    /// Costs what verify() costs: for logins that do not exist, so that the time taken does not tell them apart.
    virtual void verify_nobody(const std::string& password) = 0;
};

} // namespace attune
