#include "app/cli/api_client.hpp"

#include <fmt/core.h>

namespace attune::app::cli {
namespace {

constexpr auto kNotLoggedIn = "not logged in: run 'attune login', or set ATTUNE_API_USER and ATTUNE_API_PASSWORD";

std::string value_of(const std::map<std::string, std::string>& environment, const std::string& name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string{} : found->second;
}

std::string first_of(std::initializer_list<std::string> candidates) {
    for (const auto& one : candidates) {
        if (!one.empty()) return one;
    }
    return {};
}

std::string without_slash(std::string url) {
    while (url.ends_with('/')) url.pop_back();
    return url;
}

Errc code_of(int status) {
    switch (status) {
    case 400: return Errc::bad_request;
    case 401: return Errc::unauthenticated;
    case 403: return Errc::forbidden;
    case 404: return Errc::not_found;
    case 409: return Errc::conflict;
    case 413: return Errc::too_large;
    case 415: return Errc::unsupported;
    case 422: return Errc::invalid;
    case 429: return Errc::too_many;
    case 501: return Errc::not_implemented;
    case 502:
    case 503:
    case 504: return Errc::unavailable;
    default: return Errc::internal;
    }
}

/// {"error":"text"}, {"error":{"message":"text"}}, or plain text.
std::string message_of(const HttpResponse& response) {
    const auto body = parse_json(response.body);
    const auto* error = body ? find_member(*body, "error") : nullptr;
    if (error != nullptr && error->is_object()) error = find_member(*error, "message");
    if (error != nullptr && error->is_string()) return std::string(error->get_string());
    const auto text = response.body.substr(0, 300);
    return text.empty() ? fmt::format("the server answered {}", response.status) : text;
}

} // namespace

Result<Connection> resolve_connection(const ProfileFile& file, const std::string& profile_option,
                                      const std::string& url_option,
                                      const std::map<std::string, std::string>& environment) {
    Connection out;
    const auto named = first_of({profile_option, value_of(environment, "ATTUNE_PROFILE")});
    out.profile = first_of({named, file.profile, "default"});
    const auto found = file.profiles.find(out.profile);
    const auto profile = found == file.profiles.end() ? Profile{} : found->second;
    const auto given_url = first_of({url_option, value_of(environment, "ATTUNE_API_URL")});
    if (!named.empty() && found == file.profiles.end() && given_url.empty()) {
        return Error{Errc::not_found, fmt::format("there is no profile '{0}' (attune login --profile {0} --url … makes "
                                                  "one)",
                                                  named)};
    }
    out.url = without_slash(first_of({given_url, profile.api_url, out.url}));
    if (!out.url.starts_with("http://") && !out.url.starts_with("https://")) {
        return invalid("--api-url", fmt::format("expected http://… or https://…, got '{}'", out.url));
    }
    if (out.url == without_slash(profile.api_url)) {
        out.access_token = profile.auth_token.value_or("");
        out.refresh_token = profile.refresh_token.value_or("");
    }
    if (const auto token = value_of(environment, "ATTUNE_API_TOKEN"); !token.empty()) {
        out.access_token = token;
        out.refresh_token.clear();
    }
    out.username = value_of(environment, "ATTUNE_API_USER");
    out.password = value_of(environment, "ATTUNE_API_PASSWORD");
    return out;
}

std::optional<Error> error_of(const HttpResponse& response) {
    if (response.status >= 200 && response.status < 300) return std::nullopt;
    return Error{code_of(response.status), message_of(response)};
}

ApiClient::ApiClient(HttpClient& http, Connection connection, OnTokens on_tokens)
    : http_(http), connection_(std::move(connection)), on_tokens_(std::move(on_tokens)) {}

Result<json::value> ApiClient::call(const ApiRequest& request) {
    HttpRequest out{.method = request.method, .url = connection_.url + request.path};
    out.upload = request.upload;
    out.fields = request.fields;
    if (!request.upload.empty()) out.timeout = 10min;
    if (request.body) {
        out.body = to_text(*request.body);
        out.headers.emplace_back("Content-Type", "application/json");
    }
    TRY(const auto response, send(std::move(out)));
    if (response.body.empty()) return json::value(nullptr);
    auto value = parse_json(response.body);
    if (!value) {
        return Error{Errc::internal,
                     fmt::format("{} does not answer with JSON: is it an Attune server?", connection_.url)};
    }
    return value;
}

Result<void> ApiClient::stream(const std::string& path, const std::function<bool(std::string_view)>& on_data,
                               Duration at_most) {
    HttpRequest out{.url = connection_.url + path};
    out.headers.emplace_back("Accept", "text/event-stream");
    out.timeout = at_most;
    out.on_data = on_data;
    CHECK(send(std::move(out)));
    return {};
}

Result<HttpResponse> ApiClient::send(HttpRequest request) {
    const bool may_log_in = !connection_.refresh_token.empty() || !connection_.username.empty();
    if (connection_.access_token.empty() && may_log_in) CHECK(authenticate());
    TRY(auto response, send_once(request));
    if (response.status == 401 && authenticate()) {
        TRY(response, send_once(request));
    }
    auto failure = error_of(response);
    if (!failure) return response;
    if (failure->code == Errc::unauthenticated) failure->message += fmt::format(" ({})", kNotLoggedIn);
    return *std::move(failure);
}

Result<HttpResponse> ApiClient::send_once(HttpRequest& request) {
    std::erase_if(request.headers, [](const auto& header) { return header.first == "Authorization"; });
    if (!connection_.access_token.empty()) {
        request.headers.emplace_back("Authorization", "Bearer " + connection_.access_token);
    }
    auto response = http_.send(request);
    if (!response && response.error().code == Errc::unavailable) {
        response.error().message = fmt::format("cannot reach {}: {}. Is the server running (attune serve)? "
                                               "--api-url or ATTUNE_API_URL name another one",
                                               connection_.url, response.error().message);
    }
    return response;
}

/// New tokens by the refresh token, else by the name and password of the environment.
Result<void> ApiClient::authenticate() {
    if (refresh()) return {};
    if (connection_.username.empty()) return Error{Errc::unauthenticated, kNotLoggedIn};
    TRY(const auto tokens, log_in(connection_.username, connection_.password));
    connection_.access_token = tokens.access;
    return {};
}

Result<void> ApiClient::refresh() {
    if (connection_.refresh_token.empty()) return Error{Errc::unauthenticated, kNotLoggedIn};
    TRY(const auto tokens, ask_for_tokens("/auth/refresh", {{"refresh_token", connection_.refresh_token}}));
    keep(tokens);
    return {};
}

Result<ApiClient::Tokens> ApiClient::log_in(const std::string& username, const std::string& password) {
    return ask_for_tokens("/auth/login", {{"login", username}, {"password", password}});
}

Result<ApiClient::Tokens> ApiClient::ask_for_tokens(const std::string& path, json::object body) {
    HttpRequest request{.method = "POST", .url = connection_.url + path};
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = to_text(json::value(std::move(body)));
    connection_.access_token.clear();
    TRY(const auto response, send_once(request));
    if (auto failure = error_of(response)) return *std::move(failure);
    TRY(const auto answer, parse_json(response.body));
    const auto* data = find_member(answer, "data");
    Tokens tokens;
    if (data != nullptr) tokens = {text_member(*data, "access_token"), text_member(*data, "refresh_token")};
    if (tokens.access.empty()) return Error{Errc::internal, "the server's answer to a login has no token"};
    return tokens;
}

void ApiClient::keep(const Tokens& tokens) {
    connection_.access_token = tokens.access;
    if (!tokens.refresh.empty()) connection_.refresh_token = tokens.refresh;
    if (on_tokens_) on_tokens_({connection_.access_token, connection_.refresh_token});
}

} // namespace attune::app::cli
