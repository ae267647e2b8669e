#pragma once
#include "base/json.hpp"
#include "base/reflect.hpp"
#include "base/timestamp.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

/// What authentication needs from outside; adapters/crypto has the production ones.
namespace attune::api {

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

enum class TokenType : std::uint8_t { access, refresh, sensor, execution, worker };
BOOST_DESCRIBE_ENUM(TokenType, access, refresh, sensor, execution, worker)

/// The claims of a token (contract 9.2).
struct Claims {
    std::string sub; ///< the identity's id as text
    std::string login;
    std::int64_t iat = 0; ///< issued at, seconds since 1970
    std::int64_t exp = 0; ///< expires at, seconds since 1970
    Omittable<TokenType> token_type = {};
    Omittable<std::string> scope = {};
    Omittable<json::object> metadata = {};

    TokenType type() const { return token_type.value_or(TokenType::access); }
};
BOOST_DESCRIBE_STRUCT(Claims, (), (sub, login, iat, exp, token_type, scope, metadata))

inline constexpr std::string_view kTokenMissing = "Missing authentication token";
inline constexpr std::string_view kTokenInvalid = "Invalid authentication token";
inline constexpr std::string_view kTokenExpired = "Authentication token expired";

/// Signs and checks JSON Web Tokens (HS256). Thread-safe.
class TokenSigner {
public:
    virtual ~TokenSigner() = default;
    virtual std::string sign(const Claims& claims) const = 0;
    /// Errors: `unauthenticated`, kTokenInvalid (not ours, another algorithm, a type not accepted) or kTokenExpired.
    virtual Result<Claims> verify(std::string_view token, Timestamp now,
                                  std::initializer_list<TokenType> accepted) const = 0;
};

enum class HashAlgorithm : std::uint8_t { sha1, sha256, sha512 };
BOOST_DESCRIBE_ENUM(HashAlgorithm, sha1, sha256, sha512)

/// Digests and message authentication. Thread-safe. Results are raw bytes.
class Digests {
public:
    virtual ~Digests() = default;
    virtual std::string sha256(std::string_view bytes) const = 0;
    virtual std::string hmac(HashAlgorithm algorithm, std::string_view key, std::string_view bytes) const = 0;
    /// Takes the same time wherever the two differ.
    virtual bool equal(std::string_view a, std::string_view b) const = 0;
};

} // namespace attune::api
