#include "support/world.hpp"
#include "domain/action.hpp"
#include "domain/event.hpp"
#include "domain/execution.hpp"
#include "domain/rule.hpp"

#include "adapters/yaml/parse_yaml.hpp"
#include "flow/executions.hpp"
#include "flow/generation.hpp"
#include "logic/execution/birth.hpp"
#include "logic/packs/read_pack.hpp"
#include "storage/migrate.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

namespace attune::test {
namespace {

const Timestamp kStart = *parse_timestamp("2026-01-01T00:00:00Z");

const QueryOf<Event> kEvents{"test.events", "select {columns} from event order by id"};
const QueryOf<Execution> kExecutions{"test.executions", "select {columns} from execution order by id"};
const QueryOf<Enforcement> kEnforcements{"test.enforcements", "select {columns} from enforcement order by id"};

FileTree read_tree(const std::filesystem::path& root) {
    FileTree out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        if (!entry.is_regular_file()) continue;
        std::ostringstream text;
        text << std::ifstream(entry.path()).rdbuf();
        out[std::filesystem::relative(entry.path(), root).generic_string()] = {text.str(), true};
    }
    return out;
}

} // namespace

void FaultyBus::ring(Topic topic, std::span<const std::int64_t> ids) {
    const auto chance = [&](double p) { return p > 0 && std::uniform_real_distribution<>(0, 1)(random_) < p; };
    if (chance(drop)) return;
    inner_->ring(topic, ids);
    if (chance(twice)) inner_->ring(topic, ids);
}

World::World(std::uint64_t seed)
    : clock(loop, kStart), bus(seed), db(seed + 1), random(seed + 2), ids(db), processes(clock) {
    db.use(*vault);
    write([&](Session& session) -> Result<bool> {
        CHECK(migrate(session, clock.now()));
        return true;
    });
    load_core_pack();
}

World::~World() {
    while (!more_workers_.empty()) crash_worker(more_workers_.begin()->first);
    while (!sensors_.empty()) crash_sensor(sensors_.begin()->first);
    while (!running_.empty()) crash(running_.begin()->first);
    clock.run_until_idle();
    EXPECT_EQ(clock.sleepers(), 0U) << "something still sleeps";
    EXPECT_EQ(processes.alive, 0) << "a process was left";
}

void World::fail(const Error& error) {
    throw std::runtime_error(error.text());
}

namespace {

Result<bool> install_core_pack(Session& session, Timestamp now) {
    const auto yaml = [](std::string_view text, std::string_view name) {
        return adapters::yaml::parse_yaml(text, name);
    };
    TRY(const auto definition,
        logic::packs::read_pack(read_tree(std::filesystem::path(ATTUNE_SOURCE_DIR) / "packs/core"), yaml,
                                [](json::object definition, const auto&) { return definition; }));
    CHECK(flow::ensure_instance(session, "test", now));
    CHECK(flow::install_pack(session, definition, now));
    return true;
}

Result<Rule> make_rule(Session& session, std::string ref, const std::string& trigger_ref, const std::string& action_ref,
                       json::object trigger_params, json::object action_params, Timestamp now) {
    Rule rule;
    rule.ref = ref;
    rule.pack_ref = "core";
    rule.label = ref;
    TRY(const auto trigger, flow::get_trigger(session, trigger_ref));
    TRY(const auto action, flow::get_action(session, action_ref));
    rule.trigger = trigger.id;
    rule.trigger_ref = trigger_ref;
    rule.action = action.id;
    rule.action_ref = action_ref;
    rule.trigger_params = std::move(trigger_params);
    rule.action_params = std::move(action_params);
    rule.is_adhoc = true;
    return flow::create_rule(session, rule, now);
}

} // namespace

Result<Rule> prepare_null_rule(Session& session, Timestamp now) {
    CHECK(install_core_pack(session, now));
    return make_rule(session, "core.bench", "core.timer_10s", "core.null", {}, {}, now);
}

void World::load_core_pack() {
    write([&](Session& session) { return install_core_pack(session, clock.now()); });
}

void World::start(Role role) {
    auto made = std::make_unique<Running>(loop.get_executor(), clock);
    auto& one = *made;
    switch (role) {
    case Role::timers:
        one.timers = std::make_unique<services::TimerScheduler>(ports(), services::TimerScheduler::Options{});
        one.group.spawn("timers", [&one] { return one.timers->run(); });
        break;
    case Role::matcher:
        one.matcher = std::make_unique<services::RuleMatcher>(ports(), services::RuleMatcher::Options{});
        one.group.spawn("matcher", [&one] { return one.matcher->run(); });
        break;
    case Role::scheduler:
        one.scheduler =
            std::make_unique<services::ExecutionScheduler>(ports(), services::ExecutionScheduler::Options{});
        one.group.spawn("scheduler", [&one] { return one.scheduler->run(); });
        break;
    case Role::worker: {
        services::ActionWorker::Options options;
        options.name = "worker";
        options.slots = slots;
        one.worker = std::make_unique<services::ActionWorker>(ports(), processes, one.group, loop.get_executor(),
                                                              prepared(options));
        one.group.spawn("worker", [&one] { return one.worker->run(); });
        break;
    }
    case Role::files: start_sensor(one, {.host = "here"}); break;
    }
    running_[role] = std::move(made);
    clock.run_until_idle();
}

void World::start_all() {
    for (const auto role : {Role::timers, Role::matcher, Role::scheduler, Role::worker}) start(role);
}

void World::crash(Role role) {
    const auto at = running_.find(role);
    if (at == running_.end()) return;
    stop(*at->second);
    running_.erase(at);
}

void World::stop(Running& one) {
    asio::post(loop, [&] { one.group.request_stop(); });
    clock.run_until_idle();
    while (one.group.size() > 0) clock.run_until_idle();
}

services::ActionWorker::Options World::prepared(services::ActionWorker::Options options) const {
    options.surroundings.packs_dir = "/packs";
    options.surroundings.file_exists = [](const std::string&) { return true; };
    return options;
}

void World::start_worker(services::ActionWorker::Options options) {
    auto made = std::make_unique<Running>(loop.get_executor(), clock);
    auto& one = *made;
    const auto name = options.name;
    one.worker = std::make_unique<services::ActionWorker>(ports(), processes, one.group, loop.get_executor(),
                                                          prepared(std::move(options)));
    one.group.spawn("worker", [&one] { return one.worker->run(); });
    more_workers_[name] = std::move(made);
    clock.run_until_idle();
}

void World::crash_worker(const std::string& name) {
    const auto at = more_workers_.find(name);
    if (at == more_workers_.end()) return;
    stop(*at->second);
    more_workers_.erase(at);
}

void World::start_sensor(Running& one, services::FileSensor::Options options) {
    one.watcher = std::make_unique<FakeFileWatcher>(disk);
    one.sensor = std::make_unique<services::FileSensor>(ports(), *one.watcher, std::move(options));
    one.group.spawn("file sensor", [&one] { return one.sensor->run(); });
    one.group.spawn("file seats", [&one] { return one.sensor->follow(); });
}

services::FileSensor& World::start_sensor(const std::string& name, services::FileSensor::Options options) {
    if (options.host.empty()) options.host = name;
    auto made = std::make_unique<Running>(loop.get_executor(), clock);
    auto& one = *made;
    start_sensor(one, std::move(options));
    sensors_[name] = std::move(made);
    clock.run_until_idle();
    return *one.sensor;
}

void World::crash_sensor(const std::string& name, bool farewell) {
    const auto at = sensors_.find(name);
    if (at == sensors_.end()) return;
    const auto one = std::move(at->second);
    sensors_.erase(at);
    stop(*one);
    if (!farewell) return;
    asio::co_spawn(loop, one->sensor->leave(), asio::detached);
    clock.run_until_idle();
}

Rule World::add_rule(std::string ref, std::string trigger_ref, std::string action_ref, json::object trigger_params,
                     json::object action_params) {
    auto made = write([&](Session& session) {
        return make_rule(session, ref, trigger_ref, action_ref, trigger_params, action_params, clock.now());
    });
    bus.ring(Topic::timers, {});
    bus.ring(Topic::definitions, {});
    return made;
}

Action World::add_action(std::string ref, std::int64_t max_retries) {
    return write([&](Session& session) -> Result<Action> {
        Action action;
        action.ref = ref;
        action.pack_ref = "core";
        action.label = ref;
        action.entrypoint = "true";
        action.runtime_ref = "core.shell";
        action.is_adhoc = true;
        action.max_retries = max_retries;
        return flow::create_action(session, action, clock.now());
    });
}

ExecutionId World::execute(const std::string& action_ref, json::object parameters) {
    static std::int64_t next = 1'000'000;
    const auto id = write([&](Session& session) -> Result<ExecutionId> {
        TRY(const auto action, flow::get_action(session, action_ref));
        auto execution = logic::execution::new_run(action, clock.now());
        execution.id = ExecutionId{++next};
        execution.config = parameters;
        const auto requirement = logic::execution::requirement_of(action);
        TRY(execution.placement, flow::intern_placement(session, requirement, PlacementId{next}));
        CHECK(flow::insert_executions(session, {&execution, 1}));
        return execution.id;
    });
    bus.ring(Topic::scheduled, {});
    return id;
}

void World::set_enabled(const std::string& rule_ref, bool enabled) {
    write([&](Session& session) -> Result<bool> {
        TRY(const auto before, flow::get_rule(session, rule_ref));
        auto after = before;
        after.enabled = enabled;
        CHECK(flow::update_rule(session, before, after, clock.now()));
        return true;
    });
    bus.ring(Topic::timers, {});
}

std::vector<Event> World::events() {
    return write([&](Session& session) { return session.all<Event>(kEvents); });
}
std::vector<Execution> World::executions() {
    return write([&](Session& session) { return session.all<Execution>(kExecutions); });
}
std::vector<Enforcement> World::enforcements() {
    return write([&](Session& session) { return session.all<Enforcement>(kEnforcements); });
}

} // namespace attune::test
