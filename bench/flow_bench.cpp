// What the whole flow costs: core.null executions from event to final state, durable, against a bare loop that writes
// the same three rows in groups, both on a file in the same directory and in the same run. And 30 simulated days of a
// timer.
#include "adapters/memory_bus/memory_bus.hpp"
#include "adapters/sqlite/database.hpp"
#include "adapters/wall_clock/wall_clock.hpp"
#include "support/world.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdio>
#include <filesystem>
#include <thread>
#include <unistd.h>

namespace attune::bench {
namespace {

using Seconds = std::chrono::duration<double>;

const InsertOf<Event> kBareEvent{"bench.event"};
const InsertOf<Enforcement> kBareEnforcement{"bench.enforcement"};
const InsertOf<Execution> kBareExecution{"bench.execution"};
const Query kDone{"bench.done", "select count(*) from execution where status = 'completed'"};

/// A loop with its thread.
struct Loop {
    asio::io_context io{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
    std::unique_ptr<Clock> clock = make_wall_clock(io.get_executor());
    ServiceGroup group{io.get_executor(), *clock};
    std::thread thread{[this] { io.run(); }};

    template <class T>
    T run(task<T> one) {
        return asio::co_spawn(io, std::move(one), asio::use_future).get();
    }
    void stop() {
        run([](ServiceGroup& all) -> task<void> {
            all.request_stop();
            co_await all.join();
        }(group));
        work.reset();
        thread.join();
    }
};

struct NoProcesses final : ProcessRunner {
    task<Result<ProcessExit>> run(ProcessSpec, Watch) override { co_return ProcessExit{0, 0}; }
};

std::unique_ptr<sqlite::SqliteDatabase> open(const std::filesystem::path& folder, const char* name) {
    auto db = sqlite::SqliteDatabase::open({.path = (folder / name).string()},
                                           std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()));
    if (!db) {
        std::fprintf(stderr, "%s\n", db.error().message.c_str());
        std::exit(1);
    }
    return std::move(*db);
}

Event event_number(std::int64_t id, const Rule* rule, Timestamp now) {
    Event out;
    out.id = EventId{id};
    out.trigger_ref = "core.timer_10s";
    out.payload = json::object{{"type", "interval"}, {"interval_seconds", 10}, {"sequence", id}, {"reason", "normal"}};
    out.created = now;
    if (rule != nullptr) out.rule = rule->id;
    return out;
}

/// Three rows a unit, 500 units a commit: what the database alone can do.
double bare_units_per_second(const std::filesystem::path& folder, std::int64_t units) {
    auto db = open(folder, "bare.db");
    const auto began = std::chrono::steady_clock::now();
    const auto now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
    for (std::int64_t first = 1; first <= units; first += 500) {
        const auto done = db->write_blocking([&](Session& session) -> Result<bool> {
            for (auto id = first; id < first + 500; ++id) {
                CHECK(session.insert(kBareEvent, event_number(id, nullptr, now)));
                Enforcement enforcement;
                enforcement.id = EnforcementId{id};
                enforcement.event = EventId{id};
                enforcement.created = now;
                CHECK(session.insert(kBareEnforcement, enforcement));
                Execution execution;
                execution.id = ExecutionId{id};
                execution.action_ref = "core.null";
                execution.created = execution.updated = now;
                CHECK(session.insert(kBareExecution, execution));
            }
            return true;
        });
        if (!done) std::exit(1);
    }
    return static_cast<double>(units) / Seconds(std::chrono::steady_clock::now() - began).count();
}

services::ActionWorker::Options bench_worker() {
    services::ActionWorker::Options out;
    out.name = "bench";
    return out;
}

/// Events through rule, enforcement and execution to `completed`, all durable.
double flow_per_second(const std::filesystem::path& folder, std::int64_t count) {
    auto db = open(folder, "flow.db");
    const auto bus = make_memory_bus();
    test::SeededRandom random(1);
    flow::IdAllocator ids(*db);
    NoProcesses processes;
    Loop loop;
    const services::Ports ports{*loop.clock, *bus, *db, random, ids};
    const auto rule =
        db->write_blocking([&](Session& session) { return test::prepare_null_rule(session, loop.clock->now()); });
    if (!rule) std::exit(1);
    services::RuleMatcher matcher(ports, {});
    services::ActionWorker worker(ports, processes, loop.group, loop.io.get_executor(), bench_worker());
    loop.group.spawn("matcher", [&] { return matcher.run(); });
    loop.group.spawn("worker", [&] { return worker.run(); });

    const auto began = std::chrono::steady_clock::now();
    const auto feed = [&]() -> task<bool> {
        for (std::int64_t first = 1; first <= count; first += 500) {
            std::vector<Event> events;
            for (auto id = first; id < first + 500; ++id)
                events.push_back(event_number(id, nullptr, loop.clock->now()));
            const auto done =
                co_await db->write([&](Session& session) { return flow::record_events(session, events); });
            if (!done) co_return false;
            bus->ring(Topic::events, std::array{first});
        }
        co_return true;
    };
    loop.run(feed());
    for (;;) {
        const auto done = db->write_blocking([&](Session& session) { return session.scalar<std::int64_t>(kDone); });
        if (done && done->value_or(0) >= count) break;
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    const auto rate = static_cast<double>(count) / Seconds(std::chrono::steady_clock::now() - began).count();
    loop.stop();
    return rate;
}

double thirty_days() {
    const auto began = std::chrono::steady_clock::now();
    test::World world;
    world.start_all();
    world.add_rule("core.demo", "core.timer_10s", "core.echo", {}, {{"message", "Hello World from timer trigger!"}});
    const auto start = world.clock.now();
    world.advance(24h * 30);
    const auto events = world.events();
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (*events[i].nominal != start + Duration{10s} * static_cast<std::int64_t>(i + 1))
            std::printf("OFF THE GRID: event %zu\n", i);
    }
    std::printf("30 simulated days: %zu firings, %zu executions\n", events.size(), world.executions().size());
    return Seconds(std::chrono::steady_clock::now() - began).count();
}

} // namespace
} // namespace attune::bench

int main() {
    using namespace attune::bench;
    const auto folder = std::filesystem::temp_directory_path() / ("attune-bench-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    const auto bare = bare_units_per_second(folder, 50'000);
    const auto flow = flow_per_second(folder, 50'000);
    std::printf("bare three-row units, groups of 500:   %8.0f /s\n", bare);
    std::printf("core.null through the whole flow:      %8.0f /s   (ratio %.2f)\n", flow, flow / bare);
    std::filesystem::remove_all(folder);
    std::printf("took %.1f s\n", thirty_days());
    return 0;
}
