#pragma once
#include "api/caller.hpp"
#include "runtime/clock.hpp"

namespace attune::api {

/// What the database knows of an identity or of sets of grants.
struct Standing {
    std::vector<Grant> grants;
    std::vector<std::string> permission_set_refs;
    std::vector<std::string> roles;
    json::object attributes;
    bool frozen = false;
};

/// Reads standings. Used on the HTTP loop.
class StandingSource {
public:
    virtual ~StandingSource() = default;
    /// Grants assigned to the identity, and those of its roles. Errors: `not_found`, `unavailable`.
    virtual task<Result<Standing>> of_identity(IdentityId identity) = 0;
    /// The grants of these sets. Errors: `forbidden`, "Execution token references unavailable permission sets: a, b".
    virtual task<Result<Standing>> of_sets(std::vector<std::string> refs) = 0;
};

/// Callers from bearer tokens: `Authorization: Bearer <token>`, or the browser's cookie. Refresh tokens are refused.
class BearerAuthenticator final : public Authenticator {
public:
    BearerAuthenticator(const TokenSigner& signer, StandingSource& standings, const Clock& clock)
        : signer_(signer), standings_(standings), clock_(clock) {}
    task<Result<Caller>> authenticate(const RawRequest& request) override;
    /// Who holds a token with these claims, which were verified, as things are now. Errors: as authenticate().
    task<Result<Caller>> caller_of(Claims claims);

private:
    task<Result<Standing>> standing_of(const Caller& caller);

    const TokenSigner& signer_;
    StandingSource& standings_;
    const Clock& clock_;
};

inline constexpr std::string_view kAccessCookie = "attune_access_token";
inline constexpr std::string_view kRefreshCookie = "attune_refresh_token";

/// The token of the field Authorization; empty when there is none.
std::string_view header_token(const RawRequest& request);

/// The token of a request; empty when it carries none.
std::string_view bearer_token(const RawRequest& request);

} // namespace attune::api
