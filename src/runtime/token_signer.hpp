#pragma once
#include "base/json.hpp"
#include "base/reflect.hpp"
#include "base/timestamp.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

namespace attune {

enum class TokenType : std::uint8_t { access, refresh, sensor, execution, worker };
ATTUNE_ENUM(TokenType, access, refresh, sensor, execution, worker)

/// The claims of a token.
struct Claims {
    std::string sub; ///< the identity's id as text; "0" when an execution runs for nobody
    std::string login;
    std::int64_t iat = 0; ///< issued at, seconds since 1970
    std::int64_t exp = 0; ///< expires at, seconds since 1970
    Omittable<TokenType> token_type = {};
    Omittable<std::string> scope = {};
    Omittable<json::object> metadata = {};

    TokenType type() const { return token_type.value_or(TokenType::access); }
};
ATTUNE_STRUCT(Claims);

inline constexpr std::string_view kTokenInvalid = "Invalid authentication token";
inline constexpr std::string_view kTokenExpired = "Authentication token expired";

/// Signs and checks JSON Web Tokens: for those who log in, and for the programs that the server starts. Thread-safe.
/// The production one is adapters/crypto.
class TokenSigner {
public:
    virtual ~TokenSigner() = default;
    virtual std::string sign(const Claims& claims) const = 0;
    /// Errors: `unauthenticated`, kTokenInvalid (not ours, another algorithm, a type not accepted) or kTokenExpired.
    virtual Result<Claims> verify(std::string_view token, Timestamp now,
                                  std::initializer_list<TokenType> accepted) const = 0;
};

} // namespace attune
