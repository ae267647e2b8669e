#include "api/process/metrics.hpp"

namespace attune::api {
namespace {

constexpr Duration kPatience = 2s; ///< with the database

void show_depths(const flow::Depths& depths, Exposition& out) {
    out.sample(Metric::events_undecided, depths.undecided_events);
    for (const auto& one : depths.unfinished)
        out.sample(Metric::executions_unfinished, {{"status", enum_name(one.status)}}, one.count);
    out.sample(Metric::timers_unarmed, depths.unarmed_timers);
}

} // namespace

MetricsRoutes::MetricsRoutes(const ProcessProbe& probe)
    : probe_(probe), depths_(probe_.db, probe_.clock, probe_.group, kPatience, flow::depths) {}

void MetricsRoutes::declare(Router& r) {
    if (probe_.metrics_access == MetricsAccess::nobody) return;
    auto& route = r.get("/metrics", &MetricsRoutes::show, *this)
                      .summary("The numbers of this process, for Prometheus")
                      .produces("text/plain");
    probe_.metrics_access == MetricsAccess::everybody ? route.open() : route.needs(Resource::metrics, Right::read);
}

void MetricsRoutes::show_bus(Exposition& out) const {
    const auto traffic = probe_.bus.traffic();
    const auto count = [&](Metric metric, std::uint64_t value) {
        out.sample(metric, static_cast<std::int64_t>(value));
    };
    count(Metric::bus_up, probe_.bus.is_up() ? 1 : 0);
    count(Metric::bus_connections, traffic.connections);
    count(Metric::bus_messages_sent, traffic.sent);
    count(Metric::bus_messages_received, traffic.received);
    count(Metric::bus_messages_dropped, traffic.dropped);
}

task<Result<Raw>> MetricsRoutes::show() {
    const auto depths = probe_.db.trouble() ? Result<flow::Depths>(Error{Errc::unavailable, "the database is away"})
                                            : co_await depths_.get();
    const auto more = [&](Exposition& out) {
        if (depths) show_depths(*depths, out);
        out.sample(Metric::database_up, depths ? 1 : 0);
        show_bus(out);
        for (const auto& loop : probe_.loops.look())
            out.sample(Metric::loop_delay, {{"loop", loop.name}}, loop.delay.count());
    };
    Raw out;
    out.content_type = "text/plain; version=0.0.4; charset=utf-8";
    out.body = probe_.metrics.text(more);
    co_return out;
}

} // namespace attune::api
