#pragma once
#include "adapters/crypto/crypto.hpp"
#include "adapters/memory_bus/memory_bus.hpp"
#include "domain/action.hpp"
#include "domain/event.hpp"
#include "domain/execution.hpp"
#include "domain/rule.hpp"
#include "flow/definitions.hpp"
#include "flow/ids.hpp"
#include "runtime/service_group.hpp"
#include "services/execution_scheduler/execution_scheduler.hpp"
#include "services/file_watcher/file_sensor.hpp"
#include "services/rule_matcher/rule_matcher.hpp"
#include "services/timer_scheduler/timer_scheduler.hpp"
#include "services/worker/worker.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_files.hpp"
#include "support/scripted_processes.hpp"
#include "support/world_database.hpp"

#include <random>
#include <set>

namespace attune::test {

class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
    std::uint64_t next() override { return engine_(); }
    std::string bytes(std::size_t count) override {
        std::string out;
        while (out.size() < count) out += static_cast<char>(engine_());
        return out;
    }

private:
    std::mt19937_64 engine_;
};

/// A bus that loses and doubles what it is told, by seed.
class FaultyBus final : public Bus {
public:
    explicit FaultyBus(std::uint64_t seed) : random_(seed) {}
    void ring(Topic topic, std::span<const std::int64_t> ids) override;
    std::unique_ptr<Subscription> subscribe(Topic topic, Signal& signal) override {
        return inner_->subscribe(topic, signal);
    }
    bool is_up() const override { return true; }
    double drop = 0;
    double twice = 0;

private:
    std::unique_ptr<Bus> inner_ = make_memory_bus();
    std::mt19937_64 random_;
};

/// Loads the core pack and makes one rule core.timer_10s -> core.null, in a database of any kind. Migrated already.
Result<Rule> prepare_null_rule(Session& session, Timestamp now);

enum class Role { timers, matcher, scheduler, worker, files };

/// The whole system in one thread on a fake clock: real services, real SQL, scripted processes. Starts at 2026-01-01
/// with the core pack loaded. Stops everything in its destructor and fails the test when something is left running.
class World {
public:
    explicit World(std::uint64_t seed = 1);
    ~World();

    void start(Role role);
    void start_all();
    /// Ends a role's coroutines wherever they wait, without any farewell. start() makes it anew from the database.
    void crash(Role role);
    bool is_running(Role role) const { return running_.contains(role); }
    void advance(Duration d) { clock.advance(d); }

    /// Runs a synchronous function over the database, committed; fails the test on an error.
    template <class F>
    auto write(F fn) {
        auto out = db.write_blocking(fn);
        if (!out) fail(out.error());
        return *std::move(out);
    }

    Rule add_rule(std::string ref, std::string trigger_ref, std::string action_ref, json::object trigger_params = {},
                  json::object action_params = {});
    Action add_action(std::string ref, std::int64_t max_retries = 0);
    ExecutionId execute(const std::string& action_ref, json::object parameters = {});
    void set_enabled(const std::string& rule_ref, bool enabled);
    std::vector<Event> events();
    std::vector<Execution> executions();
    std::vector<Enforcement> enforcements();

    Metrics metrics;
    asio::io_context loop{1};
    FakeClock clock;
    FakeDisk disk{clock};
    FaultyBus bus;
    WorldDatabase db;
    SeededRandom random;
    std::unique_ptr<Vault> vault = *crypto::make_vault("the key of this world", {}, random);
    flow::IdAllocator ids;
    ScriptedProcesses processes;
    std::int64_t slots = 4;

    /// A further worker, under its own name; crash_worker() ends it.
    void start_worker(services::ActionWorker::Options options);
    void crash_worker(const std::string& name);
    /// A sensor of files, under a name that is its host's unless the options say another. Role::files is one that is
    /// alone.
    services::FileSensor& start_sensor(const std::string& name, services::FileSensor::Options options);
    /// `farewell`: it stops as a process that is asked to does.
    void crash_sensor(const std::string& name, bool farewell = false);
    services::Ports ports() { return {clock, bus, db, random, ids, metrics}; }

private:
    [[noreturn]] static void fail(const Error& error);
    void load_core_pack();
    struct Running {
        explicit Running(asio::any_io_executor loop, Clock& clock) : group(loop, clock) {}
        std::unique_ptr<services::TimerScheduler> timers;
        std::unique_ptr<services::RuleMatcher> matcher;
        std::unique_ptr<services::ExecutionScheduler> scheduler;
        std::unique_ptr<services::ActionWorker> worker;
        std::unique_ptr<FakeFileWatcher> watcher;
        std::unique_ptr<services::FileSensor> sensor;
        ServiceGroup group;
    };
    services::ActionWorker::Options prepared(services::ActionWorker::Options options) const;
    void stop(Running& one);
    std::map<Role, std::unique_ptr<Running>> running_;
    std::map<std::string, std::unique_ptr<Running>> more_workers_;
    std::map<std::string, std::unique_ptr<Running>> sensors_;
    void start_sensor(Running& one, services::FileSensor::Options options);
};

} // namespace attune::test
