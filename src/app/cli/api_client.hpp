#pragma once
#include "app/cli/command.hpp"
#include "app/cli/profile.hpp"
#include "app/http_client.hpp"

#include <functional>

namespace attune::app::cli {

/// Where the server is and who we are there, worked out from options, environment and profile file.
struct Connection {
    std::string url = "http://127.0.0.1:8080"; ///< without a slash at its end
    std::string profile = "default";
    std::string access_token = {};
    std::string refresh_token = {};
    std::string username = {}; ///< for a login of its own when there is no token
    std::string password = {};
};

/// The options --profile and --api-url go before ATTUNE_PROFILE and ATTUNE_API_URL, and these before the file. A
/// profile's tokens are used only for the server they were given by. ATTUNE_API_TOKEN goes before all.
/// Errors: `not_found` for a profile that was named and is not there.
Result<Connection> resolve_connection(const ProfileFile& file, const std::string& profile_option,
                                      const std::string& url_option,
                                      const std::map<std::string, std::string>& environment);

/// The error that an answer means; nothing for 2xx.
std::optional<Error> error_of(const HttpResponse& response);

/// Talks to the API for one command: logs in when there is a name and a password but no token, and gets new tokens
/// once when the old ones are refused.
class ApiClient {
public:
    struct Tokens {
        std::string access;
        std::string refresh;
    };
    /// Called with new tokens, to be kept.
    using OnTokens = std::function<void(const Tokens&)>;

    ApiClient(HttpClient& http, Connection connection, OnTokens on_tokens);

    /// The answer's JSON. Errors: those of error_of and HttpClient, with what to do about them.
    Result<json::value> call(const ApiRequest& request);

    /// A text/event-stream, until it ends or `on_data` answers false, at most for so long (0: for ever).
    Result<void> stream(const std::string& path, const std::function<bool(std::string_view)>& on_data,
                        Duration at_most = Duration{0});

    Result<Tokens> log_in(const std::string& username, const std::string& password);
    /// `unauthenticated` when there is no refresh token, or it is refused.
    Result<void> refresh();

    const Connection& connection() const { return connection_; }

private:
    Result<HttpResponse> send(HttpRequest request);
    Result<HttpResponse> send_once(HttpRequest& request);
    Result<void> authenticate();
    Result<Tokens> ask_for_tokens(const std::string& path, json::object body);
    void keep(const Tokens& tokens);

    HttpClient& http_;
    Connection connection_;
    OnTokens on_tokens_;
};

} // namespace attune::app::cli
