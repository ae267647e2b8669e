#include "api/accounts/auth.hpp"

#include "api/auth/bearer.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "domain/identity.hpp"
#include "flow/touched.hpp"
#include "logic/definitions/fields.hpp"

#include <algorithm>

namespace attune::api {

ATTUNE_FIELDS(AuthSettings, authentication_enabled, local_password_enabled, local_password_visible_by_default,
              oidc_enabled, oidc_visible_by_default, oidc_provider_name, oidc_provider_label, oidc_provider_icon_url,
              ldap_enabled, ldap_visible_by_default, ldap_provider_name, ldap_provider_label, ldap_provider_icon_url,
              self_registration_enabled);
ATTUNE_FIELDS(RegisterRequest, login, password, display_name);
ATTUNE_FIELDS(LoginRequest, login, username, password);
ATTUNE_FIELDS(RefreshRequest, refresh_token);
ATTUNE_FIELDS(LdapLoginRequest, login, username, password);
ATTUNE_FIELDS(TokenLoginRequest, token);
ATTUNE_FIELDS(TokenUser, id, login, display_name);
ATTUNE_FIELDS(TokenResponse, access_token, refresh_token, token_type, expires_in, user);
ATTUNE_FIELDS(EffectivePermission, resource, actions);
ATTUNE_FIELDS(MeView, id, login, display_name, auth_provider, is_local, can_change_password, effective_permissions,
              assigned_permission_set_refs);
ATTUNE_FIELDS(UpdateMe, display_name);
ATTUNE_FIELDS(ChangePassword, current_password, new_password);

namespace {

namespace definitions = logic::definitions;

const QueryOf<Identity> kByLogin{"auth.identity_by_login", "select {columns} from {table} where login = $1"};
const QueryOf<Identity> kById{"auth.identity_by_id", "select {columns} from {table} where id = $1"};
const NewOf<Identity> kNew{"auth.new_identity"};
const UpdateOf<Identity> kUpdate{"auth.update_identity"};

constexpr std::size_t kLongestLogin = 255;
constexpr std::size_t kLongestPassword = 128;
/// In a refresh token: when it was issued, in microseconds since 1970 (`iat` has seconds alone).
constexpr std::string_view kIssuedAt = "issued_at_us";

Error wrong_credentials() {
    return Error{Errc::unauthenticated, "Invalid login or password"};
}
Error frozen_identity() {
    return Error{Errc::forbidden, "Identity is frozen"};
}
Error bad_refresh() {
    return Error{Errc::unauthenticated, "Invalid refresh token"};
}

std::int64_t seconds(Duration d) {
    return std::chrono::duration_cast<std::chrono::seconds>(d).count();
}

/// For this server alone, out of reach of scripts, and not sent with what other sites make a browser do.
std::string cookie_of(std::string_view name, std::string_view value, std::int64_t max_age) {
    return fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax", name, value, max_age);
}

/// Without blanks around it or control characters inside.
Result<void> check_login(const std::string& login) {
    CHECK(definitions::check_text("login", login, 3, kLongestLogin));
    const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7F; };
    if (trim(login) != login || std::ranges::any_of(login, is_control)) {
        return invalid("login", "expected no blanks around it and no control characters");
    }
    return {};
}

Result<Identity> need_identity(Session& session, IdentityId id) {
    TRY(auto found, session.find<Identity>(kById, id));
    if (!found) return Error{Errc::not_found, "identity not found"};
    return *std::move(found);
}

flow::Changed<Identity> touched_one(const Identity* before, Identity after) {
    flow::Effects effects;
    effects.touch(flow::touched(before, &after));
    return {std::move(after), std::move(effects)};
}

/// For the audit log: of whom an open route heard.
void name_actor(const Caller& caller, const std::string& login, std::optional<IdentityId> identity = {}) {
    if (caller.trail != nullptr) caller.trail->names(login, identity);
}

IdentityId identity_of(const Claims& claims) {
    return IdentityId{parse_integer(claims.sub).value_or(0)};
}

Timestamp issued_at(const Claims& claims) {
    if (claims.metadata) {
        const auto* exact = claims.metadata->if_contains(kIssuedAt);
        if (exact != nullptr && exact->is_int64()) return Timestamp{Duration{exact->get_int64()}};
    }
    return Timestamp{std::chrono::seconds{claims.iat}};
}

/// Whether the token is from before the password was changed.
bool is_void(const Claims& claims, const Identity& identity) {
    return identity.password_changed && issued_at(claims) < *identity.password_changed;
}

/// What some grant allows, by resource.
std::vector<EffectivePermission> effective(const std::vector<Grant>& grants) {
    std::map<Resource, std::vector<Right>> merged;
    for (const auto& grant : grants) {
        auto& rights = merged[grant.resource];
        for (const auto right : grant.actions) {
            if (std::ranges::find(rights, right) == rights.end()) rights.push_back(right);
        }
    }
    std::vector<EffectivePermission> out;
    for (auto& [resource, rights] : merged) out.push_back({resource, std::move(rights)});
    return out;
}

MeView view_of(const Identity& identity, const Caller& caller) {
    return {.id = identity.id,
            .login = identity.login,
            .display_name = identity.display_name,
            .can_change_password = identity.password_hash.has_value(),
            .effective_permissions = effective(caller.grants),
            .assigned_permission_set_refs = caller.permission_set_refs};
}

} // namespace

void AuthRoutes::declare(Router& r) {
    r.get("/auth/settings", &AuthRoutes::settings, *this).summary("The ways to log in").open();
    r.post("/auth/register", &AuthRoutes::register_identity, *this)
        .summary("Make an account without any rights, where that is allowed")
        .audited("auth.register", "identity")
        .open();
    r.post("/auth/login", &AuthRoutes::login, *this)
        .summary("Log in with a password")
        .audited("auth.login", "identity")
        .open();
    r.post("/auth/refresh", &AuthRoutes::refresh, *this)
        .summary("A new pair of tokens for a refresh token")
        .audited("auth.token_refresh", "identity")
        .open();
    r.get("/auth/me", &AuthRoutes::me, *this, ctx_).summary("The caller's account and rights").authenticated();
    r.put("/auth/me", &AuthRoutes::update_me, *this, ctx_)
        .summary("Change one's own account")
        .audited("admin.identity.updated", "identity")
        .only(TokenType::access);
    r.post("/auth/change-password", &AuthRoutes::change_password, *this)
        .summary("Change one's own password; refresh tokens from before are void")
        .audited("admin.identity.password_changed", "identity")
        .only(TokenType::access);
    r.post("/auth/token-login", &AuthRoutes::token_login, *this)
        .summary("Log in with an integration token")
        .audited("auth.token_login", "identity")
        .open();
    r.post("/auth/ldap/login", &AuthRoutes::ldap_login, *this)
        .summary("Log in with LDAP: 501 unless it is set up")
        .audited("auth.ldap_login", "identity")
        .open();
    r.get("/auth/oidc/login", &AuthRoutes::oidc, *this)
        .summary("Log in with OpenID Connect: 501 unless it is set up")
        .open();
    r.get("/auth/callback", &AuthRoutes::oidc, *this).summary("Where OpenID Connect leads back to").open();
    r.get("/auth/logout", &AuthRoutes::logout, *this).summary("Clear the cookies and show the login page").open();
}

task<Result<Data<AuthSettings>>> AuthRoutes::settings() {
    AuthSettings out;
    out.self_registration_enabled = ctx_.options.allow_self_registration;
    co_return Data{std::move(out)};
}

TokenResponse AuthRoutes::tokens_for(const Identity& identity) const {
    const auto now = ctx_.clock.now();
    Claims claims{.sub = std::to_string(identity.id.value),
                  .login = identity.login,
                  .iat = seconds(now.time_since_epoch()),
                  .exp = seconds((now + ctx_.options.access_token_ttl).time_since_epoch()),
                  .token_type = TokenType::access};
    TokenResponse out;
    out.access_token = ctx_.signer.sign(claims);
    out.expires_in = seconds(ctx_.options.access_token_ttl);
    claims.token_type.emplace(TokenType::refresh);
    claims.exp = seconds((now + ctx_.options.refresh_token_ttl).time_since_epoch());
    claims.metadata.emplace(json::object{{kIssuedAt, now.time_since_epoch().count()}});
    out.refresh_token = ctx_.signer.sign(claims);
    out.user.emplace(TokenUser{identity.id, identity.login, identity.display_name});
    return out;
}

Data<TokenResponse> AuthRoutes::logged_in(TokenResponse tokens) const {
    Headers cookies;
    cookies.add("Set-Cookie", cookie_of(kAccessCookie, tokens.access_token, seconds(ctx_.options.access_token_ttl)));
    cookies.add("Set-Cookie", cookie_of(kRefreshCookie, tokens.refresh_token, seconds(ctx_.options.refresh_token_ttl)));
    Data<TokenResponse> out{std::move(tokens)};
    out.headers = std::move(cookies);
    return out;
}

task<Result<std::string>> AuthRoutes::hash(std::string password) {
    co_return co_await ctx_.pool.run([&] { return ctx_.hasher.hash(password); });
}

task<Result<Data<TokenResponse>>> AuthRoutes::register_identity(const Body<RegisterRequest>& body,
                                                                const Caller& caller) {
    name_actor(caller, body->login);
    if (!ctx_.options.allow_self_registration) co_return Error{Errc::forbidden, "Self-registration is disabled"};
    CO_CHECK(check_login(body->login));
    CO_CHECK(definitions::check_text("password", body->password, 8, kLongestPassword));
    CO_CHECK(definitions::check_text("display_name", body->display_name.value_or(""), 0, 255));
    CO_TRY(const auto ticket, limiter_.begin(body->login, "", ctx_.clock.monotonic()));
    CO_TRY(auto hashed, co_await hash(body->password));
    Identity wanted;
    wanted.login = body->login;
    wanted.display_name = body->display_name;
    wanted.password_hash = std::move(hashed);
    wanted.created = wanted.updated = ctx_.clock.now();
    CO_TRY(const auto made, co_await commit(ctx_, caller, [&](Session& session) -> Result<flow::Changed<Identity>> {
               TRY(const auto old, session.find<Identity>(kByLogin, wanted.login));
               if (old) return Error{Errc::conflict, "the login is taken", "login"};
               auto identity = wanted;
               CHECK(session.create(kNew, identity));
               return touched_one(nullptr, std::move(identity));
           }));
    co_return logged_in(tokens_for(made.value));
}

task<Result<bool>> AuthRoutes::check_password(std::optional<Identity> identity, std::string login, std::string password,
                                              std::string address) {
    CO_TRY(const auto ticket, limiter_.begin(login, address, ctx_.clock.monotonic()));
    CO_TRY(const bool right, co_await ctx_.pool.run([&]() -> Result<bool> {
        if (identity && identity->password_hash) return ctx_.hasher.verify(password, *identity->password_hash);
        ctx_.hasher.verify_nobody(password);
        return false;
    }));
    if (right)
        limiter_.succeeded(login, address);
    else
        limiter_.failed(login, address, ctx_.clock.monotonic());
    co_return right;
}

task<Result<Data<TokenResponse>>> AuthRoutes::login(const Body<LoginRequest>& body, const RawRequest& request,
                                                    const Caller& caller) {
    const auto login = body->login ? *body->login : body->username.value_or("");
    CO_CHECK(definitions::check_text("login", login, 1, kLongestLogin));
    name_actor(caller, login);
    CO_CHECK(definitions::check_text("password", body->password, 1, 1024));
    CO_TRY(const auto found,
           co_await ctx_.db.read([&](Session& session) { return session.find<Identity>(kByLogin, login); }));
    if (found) name_actor(caller, login, found->id);
    CO_TRY(const bool right, co_await check_password(found, login, body->password, request.peer));
    if (!right) co_return wrong_credentials();
    if (found->frozen) co_return frozen_identity();
    co_return logged_in(tokens_for(*found));
}

task<Result<Data<TokenResponse>>> AuthRoutes::refresh(const Body<std::optional<RefreshRequest>>& body,
                                                      const RawRequest& request, const Caller& caller) {
    const std::string token = body->has_value() ? (*body)->refresh_token : std::string(request.cookie(kRefreshCookie));
    if (token.empty()) co_return bad_refresh();
    CO_TRY(const auto claims, ctx_.signer.verify(token, ctx_.clock.now(), {TokenType::refresh}));
    // An absent type means an access token.
    if (claims.type() != TokenType::refresh || claims.scope) co_return bad_refresh();
    const auto id = identity_of(claims);
    CO_TRY(const auto found,
           co_await ctx_.db.read([&](Session& session) { return session.find<Identity>(kById, id); }));
    if (found) name_actor(caller, found->login, found->id);
    if (!found || is_void(claims, *found)) co_return bad_refresh();
    if (found->frozen) co_return frozen_identity();
    auto tokens = tokens_for(*found);
    tokens.user.reset();
    co_return logged_in(std::move(tokens));
}

Result<Data<MeView>> AuthRoutes::me(Session& session, const Caller& caller) {
    TRY(const auto identity, need_identity(session, caller.identity));
    return Data{view_of(identity, caller)};
}

Result<flow::Changed<Data<MeView>>> AuthRoutes::update_me(Session& session, const Body<UpdateMe>& body,
                                                          const Caller& caller, Timestamp now) {
    if (body->display_name)
        CHECK(definitions::check_text("display_name", body->display_name.value.value_or(""), 0, 255));
    TRY(const auto before, need_identity(session, caller.identity));
    auto identity = before;
    identity.display_name = body->display_name.apply(std::move(identity.display_name));
    identity.updated = now;
    CHECK(session.update(kUpdate, identity));
    auto changed = touched_one(&before, std::move(identity));
    return flow::Changed{Data{view_of(changed.value, caller)}, std::move(changed.effects)};
}

task<Result<Deleted>> AuthRoutes::change_password(const Body<ChangePassword>& body, const Caller& caller) {
    CO_CHECK(definitions::check_text("current_password", body->current_password, 1, 1024));
    CO_CHECK(definitions::check_text("new_password", body->new_password, 8, kLongestPassword));
    CO_TRY(const auto found,
           co_await ctx_.db.read([&](Session& session) { return need_identity(session, caller.identity); }));
    if (!found.password_hash) co_return Error{Errc::conflict, "this account has no password of its own"};
    CO_TRY(const bool right, co_await check_password(found, found.login, body->current_password, caller.address));
    if (!right) co_return Error{Errc::unauthenticated, "The current password is wrong", "current_password"};
    CO_TRY(const auto hashed, co_await hash(body->new_password));
    const auto now = ctx_.clock.now();
    CO_CHECK(co_await commit(ctx_, caller, [&](Session& session) -> Result<flow::Changed<Identity>> {
        TRY(const auto before, need_identity(session, caller.identity));
        auto identity = before;
        if (identity.password_hash != found.password_hash) {
            return Error{Errc::conflict, "the password was changed meanwhile"};
        }
        identity.password_hash = hashed;
        identity.password_changed = identity.updated = now;
        CHECK(session.update(kUpdate, identity));
        return touched_one(&before, std::move(identity));
    }));
    if (ctx_.password_changed) {
        const auto told = co_await ctx_.pool.run([&]() -> Result<bool> {
            ctx_.password_changed(found.login);
            return true;
        });
        if (!told) log::warn("the first password of {} may still be in its file: {}", found.login, told.error().text());
    }
    co_return Deleted{"Password changed"};
}

/// There are no integration tokens yet, so that none is known.
task<Result<Data<TokenResponse>>> AuthRoutes::token_login(const Body<TokenLoginRequest>& body) {
    CO_CHECK(definitions::check_text("token", body->token, 1, 1024));
    co_return Error{Errc::unauthenticated, "Invalid integration token"};
}

task<Result<Data<TokenResponse>>> AuthRoutes::ldap_login(const Body<LdapLoginRequest>& body) {
    CO_CHECK(
        definitions::check_text("login", body->login ? *body->login : body->username.value_or(""), 1, kLongestLogin));
    CO_CHECK(definitions::check_text("password", body->password, 1, 1024));
    co_return Error{Errc::not_implemented, "LDAP is not configured"};
}

task<Result<Raw>> AuthRoutes::oidc() {
    co_return Error{Errc::not_implemented, "OpenID Connect is not configured"};
}

task<Result<Raw>> AuthRoutes::logout() {
    Raw response;
    response.status = 307;
    response.content_type.clear();
    response.headers.add("Location", "/login");
    for (const auto cookie : {kAccessCookie, kRefreshCookie}) {
        response.headers.add("Set-Cookie", cookie_of(cookie, "", 0));
    }
    co_return response;
}

} // namespace attune::api
