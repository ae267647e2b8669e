#include "api/routes/health.hpp"

#include "flow/timers.hpp"

namespace attune::api {
namespace {

constexpr std::int64_t kUnarmedShown = 20;

const attune::Query kPing{"health.ping", "select 1"};

} // namespace

void HealthRoutes::declare(Router& r) {
    r.get("/health", &HealthRoutes::alive, *this).summary("Whether the server runs").open();
    r.get("/health/live", &HealthRoutes::alive, *this).summary("Whether the server runs").open();
    r.get("/health/ready", &HealthRoutes::ready, *this)
        .summary("Whether the server can serve: 503 while it cannot")
        .open();
    r.get("/health/detailed", &HealthRoutes::detailed, *this)
        .summary("The server's version and the state of its parts")
        .open();
}

task<Result<Bare<HealthView>>> HealthRoutes::alive() {
    co_return Bare<HealthView>{};
}

task<std::optional<std::string>> HealthRoutes::trouble() {
    if (auto text = probe_.db.trouble()) co_return text;
    const auto answer = co_await probe_.db.read([](Session& session) { return session.scalar<std::int64_t>(kPing); });
    if (!answer) co_return answer.error().message;
    co_return std::nullopt;
}

task<Result<Raw>> HealthRoutes::ready() {
    auto problem = co_await trouble();
    if (probe_.is_stopping && probe_.is_stopping()) problem = "the server is stopping";
    json::object body{{"status", problem ? "error" : "ok"}};
    if (problem) body["error"] = *problem;
    co_return json_response(problem ? 503 : 200, json::value(std::move(body)));
}

task<Result<Raw>> HealthRoutes::detailed() {
    const auto problem = co_await trouble();
    json::object body{{"status", problem ? "error" : "ok"},
                      {"version", probe_.version},
                      {"database", problem ? "disconnected" : "connected"}};
    if (probe_.armed_timers) body["timers_armed"] = probe_.armed_timers();
    if (problem) {
        body["error"] = *problem;
    } else {
        CO_TRY(const auto unarmed,
               co_await probe_.db.read([](Session& session) { return flow::unarmed_timers(session, kUnarmedShown); }));
        body["timers_unarmed"] = unarmed.count;
        if (unarmed.count > 0) body["unarmed_timers"] = to_json(unarmed.first);
    }
    if (const auto at = probe_.timers_proved ? probe_.timers_proved() : std::nullopt) {
        body["timers_proved_at"] = format_timestamp(*at);
    }
    // No reason to be unhealthy: without it, work is found by looking.
    if (probe_.message_queue) body["message_queue"] = probe_.message_queue();
    co_return json_response(problem ? 503 : 200, json::value(std::move(body)));
}

} // namespace attune::api
