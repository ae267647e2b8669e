#include "api/auth/bearer.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace attune::api {
namespace {

constexpr std::string_view kStandardSet = "standard";

Error bad_token() {
    return Error{Errc::unauthenticated, std::string(kTokenInvalid)};
}

Result<Caller> read_caller(Claims claims) {
    Caller caller;
    const auto identity = parse_integer(claims.sub);
    if (!identity || *identity < 0) return bad_token();
    caller.identity.value = *identity;
    caller.token_type = claims.type();
    // An execution's subject is whoever it runs for; all others name an identity.
    if (!caller.identity && caller.token_type == TokenType::access) return bad_token();
    caller.login = std::move(claims.login);
    if (claims.metadata) caller.metadata = std::move(*claims.metadata);
    return caller;
}

} // namespace

std::string_view header_token(const RawRequest& request) {
    constexpr std::string_view kScheme = "bearer ";
    const auto field = request.headers.get("authorization");
    const bool is_bearer = field.size() > kScheme.size() && to_lower(field.substr(0, kScheme.size())) == kScheme;
    return is_bearer ? trim(field.substr(kScheme.size())) : std::string_view{};
}

std::string_view bearer_token(const RawRequest& request) {
    return request.headers.get("authorization").empty() ? request.cookie(kAccessCookie) : header_token(request);
}

task<Result<Standing>> BearerAuthenticator::standing_of(const Caller& caller) {
    Standing standing;
    switch (caller.token_type) {
    case TokenType::access: co_return co_await standings_.of_identity(caller.identity);
    case TokenType::sensor: standing.grants = logic::access::sensor_grants(); co_return standing;
    // Workers use the internal routes alone, which look at the token's type.
    case TokenType::worker: co_return standing;
    case TokenType::refresh: co_return bad_token();
    case TokenType::execution: break;
    }
    const json::object metadata = caller.metadata.value_or(json::object{});
    auto refs = logic::access::texts_of(metadata, "permission_set_refs");
    const bool standard = std::erase(refs, kStandardSet) > 0;
    if (!refs.empty()) {
        CO_TRY(standing, co_await standings_.of_sets(std::move(refs)));
    }
    if (standard) {
        for (auto& grant : logic::access::standard_grants(metadata)) standing.grants.push_back(std::move(grant));
        standing.permission_set_refs.emplace_back(kStandardSet);
    }
    co_return standing;
}

task<Result<Caller>> BearerAuthenticator::authenticate(const RawRequest& request) {
    const auto token = bearer_token(request);
    if (token.empty()) co_return Error{Errc::unauthenticated, std::string(kTokenMissing)};
    CO_TRY(auto claims,
           signer_.verify(token, clock_.now(),
                          {TokenType::access, TokenType::execution, TokenType::sensor, TokenType::worker}));
    co_return co_await caller_of(std::move(claims));
}

task<Result<Caller>> BearerAuthenticator::caller_of(Claims claims) {
    CO_TRY(auto caller, read_caller(std::move(claims)));
    auto standing = co_await standing_of(caller);
    if (!standing) {
        // A token whose identity is gone is no token.
        if (standing.error().code == Errc::not_found) co_return bad_token();
        co_return std::move(standing).error();
    }
    if (standing->frozen) co_return Error{Errc::forbidden, "Identity is frozen"};
    caller.grants = std::move(standing->grants);
    caller.permission_set_refs = std::move(standing->permission_set_refs);
    caller.roles = std::move(standing->roles);
    caller.attributes = std::move(standing->attributes);
    co_return caller;
}

} // namespace attune::api
