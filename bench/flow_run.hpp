#pragma once
// core.null executions through the whole flow, on any database: what flow_bench and cluster_bench measure.
#include "domain/event.hpp"
#include "system.hpp"

namespace attune::bench {

inline constexpr std::int64_t kGroup = 500; ///< events that a source records in one write

inline const Query kNullRuns{"bench.null_runs", "select cast(coalesce(sum(ended), 0) as bigint) from execution_tally"
                                                " where action_ref = 'core.null' and status = 'completed'"};

inline Event event_number(std::int64_t id, Timestamp now) {
    Event out;
    out.id = EventId{id};
    out.trigger_ref = "core.timer_10s";
    out.payload = json::object{{"type", "interval"}, {"interval_seconds", 10}, {"sequence", id}, {"reason", "normal"}};
    out.created = now;
    return out;
}

/// Records `count` events, kGroup in a write, and rings for them. They are of the bench's rule by their trigger, or
/// name these rules in turns. False when one failed.
inline task<bool> feed(Database& db, Bus& bus, flow::IdAllocator& ids, std::int64_t count,
                       std::span<const RuleId> rules = {}) {
    for (std::int64_t sent = 0; sent < count; sent += kGroup) {
        const auto taken = co_await ids.take<EventId>(static_cast<std::size_t>(std::min(kGroup, count - sent)));
        if (!taken) co_return false;
        std::vector<Event> events;
        for (const auto id : *taken) {
            events.push_back(event_number(id.value, wall_now()));
            if (!rules.empty()) events.back().rule = rules[static_cast<std::size_t>(id.value) % rules.size()];
        }
        const auto done = co_await db.write([&](Session& session) { return flow::record_events(session, events); });
        if (!done) co_return false;
        bus.ring(Topic::events, std::array{events.front().id.value});
    }
    co_return true;
}

/// How many runs of core.null have ever completed. From the tally: history may be long.
inline std::int64_t null_runs(Database& db) {
    return must(db.write_blocking([](Session& session) { return session.scalar<std::int64_t>(kNullRuns); }))
        .value_or(0);
}

struct FlowRun {
    double per_second = 0;
    double events_per_decision = 0;
    double runs_per_completion = 0;
};

/// Events through rule, enforcement and execution to `completed`, all durable.
inline FlowRun run_flow(Database& db, std::int64_t count, std::span<const RuleId> rules = {}) {
    System system(db);
    system.start_flow();
    const auto before = null_runs(db);
    const auto began = std::chrono::steady_clock::now();
    require(system.flow_loop().run(feed(db, system.bus(), system.ids(), count, rules)), "events were not recorded");
    // Both the matcher and the worker ring for an execution, once it is committed. So nothing asks the database
    // meanwhile.
    while (system.bus().ids(Topic::executions) < 2 * count) {
        require(seconds_since(began) < 300, "the flow did not end within five minutes");
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
    FlowRun out;
    out.per_second = static_cast<double>(count) / seconds_since(began);
    require(null_runs(db) == before + count, "what was rung for is not what is in the database");
    const auto decisions = system.bus().rings(Topic::enforcements);
    const auto completions = system.bus().rings(Topic::executions) - decisions;
    out.events_per_decision = static_cast<double>(count) / static_cast<double>(std::max<std::int64_t>(decisions, 1));
    out.runs_per_completion = static_cast<double>(count) / static_cast<double>(std::max<std::int64_t>(completions, 1));
    return out;
}

} // namespace attune::bench
