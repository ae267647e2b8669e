#pragma once
#include "api/context.hpp"
#include "api/router.hpp"
#include "domain/identity.hpp"
#include "logic/access/login_limiter.hpp"

namespace attune::api {

struct AuthSettings {
    bool authentication_enabled = true;
    bool local_password_enabled = true;
    bool local_password_visible_by_default = true;
    bool oidc_enabled = false;
    bool oidc_visible_by_default = false;
    std::optional<std::string> oidc_provider_name;
    std::optional<std::string> oidc_provider_label;
    std::optional<std::string> oidc_provider_icon_url;
    bool ldap_enabled = false;
    bool ldap_visible_by_default = false;
    std::optional<std::string> ldap_provider_name;
    std::optional<std::string> ldap_provider_label;
    std::optional<std::string> ldap_provider_icon_url;
    bool self_registration_enabled = false;
};
ATTUNE_STRUCT(AuthSettings);

struct RegisterRequest {
    std::string login;
    std::string password;
    std::optional<std::string> display_name;
};
ATTUNE_STRUCT(RegisterRequest);

struct LoginRequest {
    std::optional<std::string> login;
    std::optional<std::string> username; ///< the same as `login`
    std::string password;
};
ATTUNE_STRUCT(LoginRequest);

struct RefreshRequest {
    std::string refresh_token;
};
ATTUNE_STRUCT(RefreshRequest);

struct LdapLoginRequest {
    std::optional<std::string> login;
    std::optional<std::string> username; ///< the same as `login`
    std::string password;
};
ATTUNE_STRUCT(LdapLoginRequest);

struct TokenLoginRequest {
    std::string token;
};
ATTUNE_STRUCT(TokenLoginRequest);

struct TokenUser {
    IdentityId id;
    std::string login;
    std::optional<std::string> display_name;
};
ATTUNE_STRUCT(TokenUser);

struct TokenResponse {
    std::string access_token;
    std::string refresh_token;
    std::string token_type = "Bearer";
    std::int64_t expires_in = 3600; ///< seconds
    Omittable<TokenUser> user;
};
ATTUNE_STRUCT(TokenResponse);

struct EffectivePermission {
    Resource resource = Resource::packs;
    std::vector<Right> actions;
};
ATTUNE_STRUCT(EffectivePermission);

struct MeView {
    IdentityId id;
    std::string login;
    std::optional<std::string> display_name;
    std::string auth_provider = "local";
    bool is_local = true;
    bool can_change_password = true;
    std::vector<EffectivePermission> effective_permissions;
    std::vector<std::string> assigned_permission_set_refs;
};
ATTUNE_STRUCT(MeView);

struct UpdateMe {
    Patch<std::string> display_name;
};
ATTUNE_STRUCT(UpdateMe);

struct ChangePassword {
    std::string current_password;
    std::string new_password;
};
ATTUNE_STRUCT(ChangePassword);

/// /auth: logging in with a password, and one's own account.
class AuthRoutes {
public:
    explicit AuthRoutes(Context& ctx) : ctx_(ctx), limiter_(ctx.options.login) {}
    void declare(Router& r);

private:
    task<Result<Data<AuthSettings>>> settings();
    task<Result<Data<TokenResponse>>> register_identity(const Body<RegisterRequest>& body, const Caller& caller);
    task<Result<Data<TokenResponse>>> login(const Body<LoginRequest>& body, const RawRequest& request,
                                            const Caller& caller);
    task<Result<Data<TokenResponse>>> refresh(const Body<std::optional<RefreshRequest>>& body,
                                              const RawRequest& request, const Caller& caller);
    Result<Data<MeView>> me(Session& session, const Caller& caller);
    Result<flow::Changed<Data<MeView>>> update_me(Session& session, const Body<UpdateMe>& body, const Caller& caller,
                                                  Timestamp now);
    task<Result<Deleted>> change_password(const Body<ChangePassword>& body, const Caller& caller);
    task<Result<Raw>> logout();
    task<Result<Data<TokenResponse>>> token_login(const Body<TokenLoginRequest>& body);
    task<Result<Data<TokenResponse>>> ldap_login(const Body<LdapLoginRequest>& body);
    task<Result<Raw>> oidc();

    /// Whether the password is the identity's; takes as long when there is none. Counts failures.
    task<Result<bool>> check_password(std::optional<Identity> identity, std::string login, std::string password,
                                      std::string address);
    task<Result<std::string>> hash(std::string password);
    TokenResponse tokens_for(const Identity& identity) const;
    /// The answer that carries the tokens, also as cookies for browsers.
    Data<TokenResponse> logged_in(TokenResponse tokens) const;

    Context& ctx_;
    logic::access::LoginLimiter limiter_;
};

} // namespace attune::api
