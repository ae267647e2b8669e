// What the whole flow costs: core.null executions from event to final state, durable, against a bare loop that writes
// the same three rows in groups, both on files in the same folder, in turns. The same through 200 rules while others
// are changed 1000 times a minute, beside the same without. And 30 simulated days of a timer.
//
//     flow_bench rate [executions]     flow_bench month [days]
//     flow_bench changes [executions]
//     flow_bench prepare FILE          flow_bench on FILE [executions]    the same on a file with a history
#include "domain/event.hpp"
#include "domain/execution.hpp"
#include "domain/rule.hpp"
#include "flow/definitions.hpp"
#include "flow_run.hpp"

#include <atomic>
#include <ctime>

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

/// Rules of core.null on a trigger that fires for none of them by itself.
std::vector<Rule> make_rules(Database& db, const std::string& prefix, int count) {
    return must(db.write_blocking([&](Session& session) -> Result<std::vector<Rule>> {
        std::vector<Rule> out;
        for (int i = 0; i < count; ++i) {
            Rule rule;
            rule.ref = fmt::format("core.{}_{}", prefix, i);
            rule.pack_ref = "core";
            rule.label = "r";
            rule.action_ref = "core.null";
            rule.trigger_ref = "core.alert";
            rule.enabled = true;
            TRY(auto made, flow::create_rule(session, rule, wall_now()));
            out.push_back(std::move(made));
        }
        return out;
    }));
}

/// Changes these rules in turns, 1000 times a minute, until it is destroyed.
class Changer {
public:
    Changer(Database& db, std::vector<Rule> rules) : db_(db), rules_(std::move(rules)), thread_([this] { work(); }) {}
    ~Changer() {
        stopping_ = true;
        thread_.join();
    }
    Changer(const Changer&) = delete;
    Changer& operator=(const Changer&) = delete;
    std::int64_t changes() const { return changes_; }

private:
    void work() {
        auto next = std::chrono::steady_clock::now();
        while (!stopping_) {
            auto& rule = rules_[static_cast<std::size_t>(changes_) % rules_.size()];
            rule = must(db_.write_blocking([&](Session& session) {
                auto changed = rule;
                changed.label = fmt::format("changed {}", changes_.load());
                return flow::update_rule(session, rule, changed, wall_now());
            }));
            ++changes_;
            next += std::chrono::milliseconds{60};
            std::this_thread::sleep_until(next);
        }
    }
    Database& db_;
    std::vector<Rule> rules_;
    std::atomic<std::int64_t> changes_ = 0;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

struct ChangedRun {
    double per_second = 0;
    double cpu_us_each = 0; ///< of the whole process: tells more than time on a machine that does something else, too
    double changes_a_minute = 0;
};

ChangedRun flow_with_changes(const std::filesystem::path& file, std::int64_t count, bool change) {
    const auto db = open(file);
    must(db->write_blocking([&](Session& session) { return test::prepare_null_rule(session, wall_now()); }));
    std::vector<RuleId> used;
    for (const auto& rule : make_rules(*db, "used", 200)) used.push_back(rule.id);
    const auto others = make_rules(*db, "other", 200);
    const auto began = std::chrono::steady_clock::now();
    std::optional<Changer> changer;
    if (change) changer.emplace(*db, others);
    ChangedRun out;
    const auto cpu = std::clock();
    out.per_second = run_flow(*db, count, used).per_second;
    out.cpu_us_each = static_cast<double>(std::clock() - cpu) * 1e6 / CLOCKS_PER_SEC / static_cast<double>(count);
    if (changer) out.changes_a_minute = static_cast<double>(changer->changes()) * 60 / seconds_since(began);
    return out;
}

void changes(std::int64_t count) {
    const Folder folder;
    json::array still;
    json::array changed;
    json::array still_cpu;
    json::array changed_cpu;
    json::array changes_a_minute;
    for (int round = 0; round < 5; ++round) {
        const auto without = flow_with_changes(folder.path / fmt::format("s{}.db", round), count, false);
        const auto with = flow_with_changes(folder.path / fmt::format("c{}.db", round), count, true);
        still.emplace_back(without.per_second);
        changed.emplace_back(with.per_second);
        still_cpu.emplace_back(without.cpu_us_each);
        changed_cpu.emplace_back(with.cpu_us_each);
        changes_a_minute.emplace_back(with.changes_a_minute);
    }
    report({{"still_per_s", still},
            {"changed_per_s", changed},
            {"still_cpu_us_each", still_cpu},
            {"changed_cpu_us_each", changed_cpu},
            {"changes_a_minute", changes_a_minute},
            {"executions", count}});
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
    } else if (what == "changes") {
        attune::bench::changes(argc > 2 ? std::stoll(argv[2]) : 100'000);
    } else if (what == "month") {
        attune::bench::month(argc > 2 ? std::stoi(argv[2]) : 30);
    } else if (what == "prepare" && argc > 2) {
        attune::bench::prepare(argv[2]);
    } else if (what == "on" && argc > 2) {
        attune::bench::rate_on(argv[2], argc > 3 ? std::stoll(argv[3]) : 30'000);
    } else {
        std::fprintf(
            stderr,
            "usage: flow_bench rate [executions] | changes [executions] | month [days] | prepare FILE | on FILE "
            "[executions]\n");
        return 2;
    }
    return 0;
}
