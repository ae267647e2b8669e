#include "sim/simulation.hpp"
#include "domain/execution.hpp"

#include "flow/endings.hpp"

namespace attune::test {
namespace {

using namespace std::chrono_literals;

constexpr Role kRoles[] = {Role::timers, Role::matcher, Role::scheduler, Role::worker};
/// How far back the clock may go in all: what is due comes due later by as much.
constexpr Duration kMostBack = 2min;

struct Status {
    ExecutionId id;
    std::string status;
};
ATTUNE_FIELDS(Status, id, status);

const Query kStatuses{"test.statuses", "select id, status from execution order by id"};
const Query kOverlapping{
    "test.overlapping",
    "select overlap_rule from execution where overlap_rule is not null and waiting = false and status in"
    " ('requested', 'scheduling', 'scheduled', 'running', 'canceling') group by overlap_rule having count(*) > 1"};
const Query kUnderWay{"test.under_way",
                      "select id from execution where status in ('requested', 'scheduled', 'running') order by id"};

} // namespace

Simulation::Simulation(std::uint64_t seed) : world(seed), random_(seed) {
    world.slots = 3;
    make_definitions();
    world.start_all();
}

void Simulation::make_definitions() {
    world.add_action("core.flaky", 2);
    world.processes.script("core.flaky", {{.exit_code = 1}, {}, {.exit_code = 1}, {.exit_code = 1}, {.takes = 3s}});
    world.add_action("core.slow", 1);
    world.processes.script("core.slow", {{.takes = 8s}, {.exit_code = 2, .takes = 25s}, {.takes = 1s}});
    const auto rule = [&](const std::string& ref, const std::string& trigger, const std::string& action,
                          json::object params) {
        world.add_rule(ref, trigger, action, std::move(params));
        rules_.push_back(ref);
        enabled_[ref] = true;
    };
    rule("core.steady", "core.intervaltimer", "core.null", {{"unit", "seconds"}, {"interval", 7}});
    rule("core.flakes", "core.intervaltimer", "core.flaky", {{"unit", "seconds"}, {"interval", 19}});
    rule("core.cronned", "core.crontimer", "core.slow", {{"expression", "*/30 * * * * *"}});
    rule("core.shared", "core.timer_10s", "core.null", {});
    rule("core.shared_too", "core.timer_10s", "core.echo", {});
    const auto exclusive = [&](const std::string& ref, const char* overlap, int seconds) {
        rule(ref, "core.intervaltimer", "core.slow",
             {{"unit", "seconds"}, {"interval", seconds}, {"overlap", overlap}});
    };
    exclusive("core.skips", "skip", 11);
    exclusive("core.queues", "queue_one", 13);
    exclusive("core.cancels", "cancel_running", 17);
    rule("core.once", "core.datetimetimer", "core.echo", {{"fire_at", "2026-01-01T00:01:30Z"}});
}

void Simulation::run(int steps) {
    change_faults();
    for (int i = 0; i < steps; ++i) {
        one_step();
        watch_overlap();
        if (i % 4 == 0) watch_final_states();
    }
}

void Simulation::one_step() {
    switch (pick(16)) {
    case 0: return crash_something();
    case 1:
    case 2: return restart_something();
    case 3:
    case 4: return execute_something();
    case 5: return cancel_something();
    case 6: return toggle_something();
    case 7: return step_clock();
    case 8: return change_faults();
    case 9: return world.advance(Duration{pick(20'000'000)});
    default: return world.advance(Duration{pick(3'000'000)});
    }
}

/// Also in the middle of things: the loop has run only a few handlers since the last answer.
void Simulation::crash_something() {
    world.loop.restart();
    for (auto n = pick(40); n > 0; --n) world.loop.poll_one();
    world.crash(any_role());
}

void Simulation::restart_something() {
    const auto role = any_role();
    if (!world.is_running(role)) world.start(role);
}

void Simulation::execute_something() {
    constexpr const char* kActions[] = {"core.null", "core.flaky", "core.slow", "core.echo"};
    for (auto n = pick(4) + 1; n > 0; --n) world.execute(kActions[pick(4)]);
}

void Simulation::cancel_something() {
    const auto ids = world.write([](Session& session) { return session.column<ExecutionId>(kUnderWay); });
    if (ids.empty()) return;
    const auto id = ids[static_cast<std::size_t>(pick(static_cast<std::int64_t>(ids.size())))];
    world.write([&](Session& session) { return flow::cancel_execution(session, id, world.clock.now()); });
    cancelled.insert(id);
    world.bus.ring(Topic::cancelling, std::array{id.value});
}

void Simulation::toggle_something() {
    // The first rule stays on: its timer's grid is checked without a gap.
    const auto& ref = rules_[static_cast<std::size_t>(1 + pick(static_cast<std::int64_t>(rules_.size()) - 1))];
    enabled_[ref] = !enabled_[ref];
    toggled.insert(ref);
    world.set_enabled(ref, enabled_[ref]);
}

void Simulation::step_clock() {
    if (pick(3) > 0) return world.clock.step(Duration{pick(300'000'000)});
    const Duration back{pick(40'000'000)};
    if (went_back_ + back > kMostBack) return;
    went_back_ += back;
    world.clock.step(-back);
}

void Simulation::change_faults() {
    const bool calm = pick(3) == 0;
    world.bus.drop = calm ? 0 : 0.3;
    world.bus.twice = calm ? 0 : 0.2;
    world.db.faults = calm ? WorldDatabase::Faults{}
                           : WorldDatabase::Faults{.run_twice = 0.1, .lost_answer = 0.05, .unavailable = 0.05};
}

void Simulation::watch_final_states() {
    const auto rows = world.write([](Session& session) { return session.all<Status>(kStatuses); });
    for (const auto& row : rows) {
        const auto status = parse_enum<ExecutionStatus>(row.status);
        if (const auto known = final_.find(row.id); known != final_.end() && known->second != row.status) {
            contradictions.push_back(
                fmt::format("execution {} was {} and became {}", row.id.value, known->second, row.status));
        }
        if (status && is_final(*status)) final_[row.id] = row.status;
    }
}

void Simulation::watch_overlap() {
    for (const auto rule : world.write([](Session& session) { return session.column<RuleId>(kOverlapping); })) {
        contradictions.push_back(fmt::format("two runs of rule {} are under way", rule.value));
    }
}

void Simulation::heal() {
    world.bus.drop = world.bus.twice = 0;
    world.db.faults = {};
    for (const auto role : kRoles) {
        if (!world.is_running(role)) world.start(role);
    }
    world.advance(kMostBack + 1min);
}

void Simulation::quiesce() {
    for (const auto& [ref, enabled] : enabled_) {
        if (enabled) world.set_enabled(ref, false);
    }
    world.advance(6min);
    watch_final_states();
}

} // namespace attune::test
