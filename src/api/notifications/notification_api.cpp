#include "api/notifications/notification_api.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace attune::api {

ATTUNE_FIELDS(NotifierStats, connected_clients, total_subscriptions);

namespace {

constexpr std::string_view kProtocol = "attune.v1";
constexpr std::string_view kTokenProtocol = "attune.jwt.";

/// What a client offers, in its order.
std::vector<std::string_view> offered(const RawRequest& request) {
    std::vector<std::string_view> out;
    for (const auto& [name, value] : request.headers.all()) {
        if (to_lower(name) != "sec-websocket-protocol") continue;
        for (const auto one : split(value, ',')) out.push_back(trim(one));
    }
    return out;
}

/// Of the field Authorization or, as browsers cannot set that, among the protocols. Never a cookie's: a page of another
/// site could open the WebSocket with that.
std::string_view token_of(const RawRequest& request, const std::vector<std::string_view>& protocols) {
    if (const auto token = header_token(request); !token.empty()) return token;
    if (std::ranges::find(protocols, kProtocol) == protocols.end()) return {};
    for (const auto one : protocols) {
        if (one.starts_with(kTokenProtocol)) return one.substr(kTokenProtocol.size());
    }
    return {};
}

/// The word for a token that is not let in; nothing for one that is.
std::string_view refusal_of(const Claims& claims) {
    switch (claims.type()) {
    case TokenType::refresh: return "refresh_tokens_not_allowed";
    case TokenType::sensor: return "sensor_tokens_not_allowed";
    case TokenType::worker: return "worker_tokens_not_allowed";
    case TokenType::access:
    case TokenType::execution: break;
    }
    return parse_integer(claims.sub) >= 0 ? std::string_view{} : "invalid_subject_in_token";
}

Raw refused(int status, std::string_view word) {
    return json_response(status, json::object{{"error", json::string(word)}});
}

} // namespace

void NotificationApi::declare(Router& router) {
    router.get("/ws", &NotificationApi::connect, *this)
        .tag("notifications")
        .summary("Follow events, enforcements and executions over a WebSocket")
        .description("The token comes in the field Authorization, or as the subprotocol `attune.jwt.<token>` beside "
                     "`attune.v1`. The messages: docs/notifications.md.")
        .status(101)
        .produces("application/json")
        .open();
    router.get("/stats", &NotificationApi::stats, *this)
        .tag("notifications")
        .summary("How many clients are connected to this process, and how many filters they have")
        .open();
}

task<Result<Raw>> NotificationApi::connect(const RawRequest& request) {
    const auto protocols = offered(request);
    const auto token = token_of(request, protocols);
    if (token.empty()) co_return refused(401, "missing_token");
    const auto claims = signer_.verify(
        token, ports_.clock.now(),
        {TokenType::access, TokenType::execution, TokenType::refresh, TokenType::sensor, TokenType::worker});
    if (!claims) co_return refused(401, "invalid_or_expired_token");
    if (const auto word = refusal_of(*claims); !word.empty()) co_return refused(401, word);
    auto caller = co_await authenticator_.caller_of(*claims);
    if (!caller) {
        if (caller.error().code == Errc::unauthenticated) co_return refused(401, "invalid_or_expired_token");
        co_return std::move(caller).error();
    }
    if (hub_.clients() >= options_.clients) {
        co_return Error{Errc::unavailable, fmt::format("{} clients are connected already (setting "
                                                       "notifier.max_clients); try again later",
                                                       options_.clients)};
    }
    NotificationClient::Identity who{fmt::format("client_{}", ++connected_), *std::move(caller),
                                     Timestamp{std::chrono::seconds{claims->exp}},
                                     [this, held = *claims] { return authenticator_.caller_of(held); }};
    auto client = std::make_shared<NotificationClient>(options_, ports_.clock, ports_.loop,
                                                       NotifierMeasures(ports_.metrics), std::move(who));
    CO_CHECK(co_await hub_.join(client));
    Raw out;
    out.web_socket = std::move(client);
    if (std::ranges::find(protocols, kProtocol) != protocols.end()) out.subprotocol = kProtocol;
    co_return out;
}

task<Result<Bare<NotifierStats>>> NotificationApi::stats() {
    co_return Bare<NotifierStats>{
        {static_cast<std::int64_t>(hub_.clients()), static_cast<std::int64_t>(hub_.subscriptions())}};
}

} // namespace attune::api
