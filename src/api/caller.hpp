#pragma once
#include "api/http_message.hpp"
#include "logic/access/grants.hpp"
#include "runtime/token_signer.hpp"

namespace attune::api {

using logic::access::ExecutionScope;
using logic::access::Grant;
using logic::access::GrantConstraints;
using logic::access::OwnerRule;
using logic::access::Resource;
using logic::access::Right;
using logic::access::Target;

inline constexpr std::string_view kTokenMissing = "Missing authentication token";

struct RequestTrail;

/// Who makes a request. On open routes: nobody (id 0, no grants).
struct Caller {
    IdentityId identity;
    std::string login;
    TokenType token_type = TokenType::access;
    std::vector<Grant> grants;                    ///< all that this token carries
    std::vector<std::string> permission_set_refs; ///< the sets they came from
    std::vector<std::string> roles;
    json::object attributes;              ///< of the identity
    std::optional<json::object> metadata; ///< of the token
    std::string address;                  ///< the client's IP address, for audit and limits
    RequestTrail* trail = nullptr;        ///< of the request, for the audit log; null when it is not recorded

    /// The identity that what this request makes belongs to. None for an execution that runs for nobody.
    std::optional<IdentityId> acting() const { return identity ? std::optional(identity) : std::nullopt; }

    /// `forbidden`, "Insufficient permissions: rules:update", unless allows().
    Result<void> require(Resource resource, Right right, Target target = {}) const;

    /// Whether the caller may see or touch this one thing.
    bool may(Resource resource, Right right, Target target = {}) const;

    /// A sensor's, worker's or execution's metadata member ("sensor_ref", "execution_id"), or null.
    const json::value* about(std::string_view member) const;

    /// The execution that the token belongs to, when it is one's.
    std::optional<ExecutionId> own_execution() const;
};

/// Tells who makes a request. One for the server; used on the HTTP loop.
class Authenticator {
public:
    virtual ~Authenticator() = default;
    /// Errors: `unauthenticated` kTokenMissing, kTokenInvalid or kTokenExpired; `forbidden` (a frozen identity,
    /// permission sets that are gone); `unavailable` (no database).
    virtual task<Result<Caller>> authenticate(const RawRequest& request) = 0;
};

} // namespace attune::api
