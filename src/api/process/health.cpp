#include "api/process/health.hpp"

#include "flow/timers.hpp"

#include <algorithm>

namespace attune::api {

ATTUNE_FIELDS(HealthView, status);

namespace {

constexpr Duration kPatience = 2s; ///< with the database: whoever probes waits little longer

/// 200 or 503, as these parts are; `more` comes after status and error.
RawResponse answer(const std::vector<PartState>& parts, const json::object& more = {}) {
    std::string problem;
    for (const auto& part : parts) {
        if (part.status != PartStatus::failed) continue;
        problem += fmt::format("{}{}: {}", problem.empty() ? "" : "; ", part.part, part.reason.value_or("failed"));
    }
    json::object body{{"status", problem.empty() ? "ok" : "error"}};
    if (!problem.empty()) body["error"] = problem;
    for (const auto& [name, value] : more) body[name] = value;
    return json_response(problem.empty() ? 200 : 503, json::value(std::move(body)));
}

PartState failed(std::string part, std::string reason) {
    return {std::move(part), PartStatus::failed, std::move(reason)};
}

} // namespace

HealthRoutes::HealthRoutes(const ProcessProbe& probe)
    : probe_(probe), schema_(probe_.db, probe_.clock, probe_.group, kPatience,
                             [](Session& session) { return compare_schema(session); }) {}

void HealthRoutes::declare(Router& r) {
    r.get("/health", &HealthRoutes::alive, *this).summary("Whether the server runs").open();
    r.get("/health/live", &HealthRoutes::live, *this)
        .summary("Whether the process does its work: 503 when a loop of it hangs and only a restart helps")
        .open();
    r.get("/health/ready", &HealthRoutes::ready, *this)
        .summary("Whether everything works that the roles of this process need: 503 while it does not")
        .open();
    r.get("/health/detailed", &HealthRoutes::detailed, *this)
        .summary("The server's version and the state of its parts")
        .open();
}

task<Result<Bare<HealthView>>> HealthRoutes::alive() {
    co_return Bare<HealthView>{};
}

task<Result<Raw>> HealthRoutes::live() {
    std::vector<PartState> all;
    all.push_back(loops());
    co_return answer(all);
}

task<Result<Raw>> HealthRoutes::ready() {
    co_return answer(co_await parts());
}

task<PartState> HealthRoutes::database() {
    if (auto trouble = probe_.db.trouble()) co_return failed("database", *std::move(trouble));
    const auto schema = co_await schema_.get();
    if (!schema) co_return failed("database", schema.error().message);
    if (schema->none()) co_return PartState{"database"};
    if (schema->unknown.empty())
        co_return failed("database", fmt::format("its schema lacks steps of this program: {}: run `attune migrate`",
                                                 schema->missing));
    co_return failed("database", fmt::format("its schema has steps by now that this program does not know: {}: start "
                                             "the version of Attune that made them",
                                             schema->unknown));
}

PartState HealthRoutes::bus() const {
    if (probe_.bus.is_up()) return {"bus"};
    constexpr std::string_view kMeans = "work of other processes is found by looking every second";
    return {"bus", PartStatus::degraded,
            fmt::format("{}: {}", probe_.bus.trouble().value_or("there is no broker between the processes"), kMeans)};
}

PartState HealthRoutes::loops() {
    auto trouble = probe_.loops.trouble();
    return trouble.empty() ? PartState{"loops"} : failed("loops", std::move(trouble));
}

task<std::vector<PartState>> HealthRoutes::parts() {
    std::vector<PartState> out;
    if (probe_.is_stopping && probe_.is_stopping()) out.push_back(failed("server", "the server is stopping"));
    out.push_back(loops());
    out.push_back(co_await database());
    out.push_back(bus());
    if (!probe_.parts) co_return out;
    for (auto& part : probe_.parts()) out.push_back(std::move(part));
    co_return out;
}

task<Result<Raw>> HealthRoutes::detailed() {
    const auto all = co_await parts();
    json::object body;
    const auto& database = *std::ranges::find(all, "database", &PartState::part);
    const bool connected = database.status == PartStatus::ok;
    body["version"] = probe_.version;
    body["database"] = connected ? "connected" : "disconnected";
    body["parts"] = to_json(all);
    if (probe_.armed_timers) body["timers_armed"] = probe_.armed_timers();
    if (connected) {
        // Only how many: nobody has logged in here. GET /api/v1/timers?state=unarmed says which, and why.
        CO_TRY(const auto unarmed,
               co_await probe_.db.read([](Session& session) { return flow::unarmed_timers(session, 0); }));
        body["timers_unarmed"] = unarmed.count;
    }
    if (const auto at = probe_.timers_proved ? probe_.timers_proved() : std::nullopt) {
        body["timers_proved_at"] = format_timestamp(*at);
    }
    // No reason to be unhealthy: without it, work is found by looking.
    if (probe_.message_queue) body["message_queue"] = probe_.message_queue();
    co_return answer(all, body);
}

} // namespace attune::api
