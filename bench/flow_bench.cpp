// What the whole flow costs: core.null executions from event to final state, durable, against a bare loop that writes
// the same three rows in groups, both on files in the same folder, in turns. And 30 simulated days of a timer.
//
//     flow_bench rate [executions]     flow_bench month [days]
//     flow_bench prepare FILE          flow_bench on FILE [executions]    the same on a file with a history
#include "flow_run.hpp"

namespace attune::bench {
namespace {

const InsertOf<Event> kBareEvent{"bench.event"};
const InsertOf<Enforcement> kBareEnforcement{"bench.enforcement"};
const InsertOf<Execution> kBareExecution{"bench.execution"};

Result<bool> write_bare_group(Session& session, std::int64_t first) {
    const auto now = wall_now();
    for (auto id = first; id < first + kGroup; ++id) {
        CHECK(session.insert(kBareEvent, event_number(id, now)));
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
}

/// Three rows a unit, a commit a group: what the database alone can do.
double bare_units_per_second(const std::filesystem::path& file, std::int64_t units) {
    const auto db = open(file);
    const auto began = std::chrono::steady_clock::now();
    for (std::int64_t first = 1; first <= units; first += kGroup)
        must(db->write_blocking([&](Session& session) { return write_bare_group(session, first); }));
    return static_cast<double>(units) / seconds_since(began);
}

double flow_per_second(const std::filesystem::path& file, std::int64_t count) {
    const auto db = open(file);
    must(db->write_blocking([&](Session& session) { return test::prepare_null_rule(session, wall_now()); }));
    return run_flow(*db, count).per_second;
}

void prepare(const std::filesystem::path& file) {
    const auto db = open(file);
    must(db->write_blocking([](Session& session) { return test::prepare_null_rule(session, wall_now()); }));
    report({});
}

void rate_on(const std::filesystem::path& file, std::int64_t count) {
    const auto db = open(file);
    report({{"per_s", run_flow(*db, count).per_second}, {"executions", count}});
}

void rate(std::int64_t count) {
    const Folder folder;
    json::array bare;
    json::array flow;
    for (int round = 0; round < 3; ++round) {
        bare.emplace_back(bare_units_per_second(folder.path / fmt::format("bare{}.db", round), count));
        flow.emplace_back(flow_per_second(folder.path / fmt::format("flow{}.db", round), count));
    }
    report({{"bare_per_s", bare}, {"flow_per_s", flow}, {"executions", count}});
}

void month(int days) {
    const auto began = std::chrono::steady_clock::now();
    test::World world;
    world.start_all();
    world.add_rule("core.demo", "core.timer_10s", "core.echo", {}, {{"message", "Hello World from timer trigger!"}});
    const auto start = world.clock.now();
    world.advance(24h * days);
    const auto took = seconds_since(began);
    const auto events = world.events();
    std::int64_t off = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (*events[i].nominal != start + Duration{10s} * static_cast<std::int64_t>(i + 1)) ++off;
    }
    report({{"seconds", took},
            {"firings", events.size()},
            {"off_the_grid", off},
            {"executions", world.executions().size()},
            {"expected", days * 24 * 360}});
}

} // namespace
} // namespace attune::bench

int main(int argc, char** argv) {
    const std::string_view what = argc > 1 ? argv[1] : "";
    if (what == "rate") {
        attune::bench::rate(argc > 2 ? std::stoll(argv[2]) : 50'000);
    } else if (what == "month") {
        attune::bench::month(argc > 2 ? std::stoi(argv[2]) : 30);
    } else if (what == "prepare" && argc > 2) {
        attune::bench::prepare(argv[2]);
    } else if (what == "on" && argc > 2) {
        attune::bench::rate_on(argv[2], argc > 3 ? std::stoll(argv[3]) : 30'000);
    } else {
        std::fprintf(stderr,
                     "usage: flow_bench rate [executions] | month [days] | prepare FILE | on FILE [executions]\n");
        return 2;
    }
    return 0;
}
