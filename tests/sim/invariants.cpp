#include "sim/invariants.hpp"
#include "domain/event.hpp"
#include "domain/execution.hpp"
#include "domain/trigger.hpp"

#include "flow/tally.hpp"
#include "flow/timer_rows.hpp"
#include "flow/timers.hpp"

#include <gtest/gtest.h>

namespace attune::test {
namespace {

const QueryOf<Timer> kTimers{"test.timers", "select {columns} from timer order by id"};
const QueryOf<TimerSkip> kSkips{"test.skips", "select {columns} from timer_skip where timer = $1 order by first"};

std::vector<Timer> timers(World& world) {
    return world.write([](Session& session) { return session.all<Timer>(kTimers); });
}

template <class Key>
void expect_new(std::set<Key>& seen, Key key, std::string_view what) {
    EXPECT_TRUE(seen.insert(std::move(key)).second) << what << " exists twice";
}

} // namespace

void expect_events_decided_once(Simulation& life) {
    std::set<std::pair<TimerId, Timestamp>> firings;
    for (const auto& event : life.world.events()) {
        EXPECT_TRUE(event.decided_at) << "event " << event.id.value << " of " << event.trigger_ref << " is undecided";
        if (event.timer) expect_new(firings, {*event.timer, event.nominal.value()}, "a firing");
    }
    std::set<std::pair<RuleId, EventId>> met;
    for (const auto& one : life.world.enforcements()) {
        if (one.rule && one.event) expect_new(met, {*one.rule, *one.event}, "an enforcement of one rule and event");
    }
}

void expect_executions_once(Simulation& life) {
    std::set<EnforcementId> enforced;
    std::set<std::pair<ExecutionId, std::int64_t>> retries;
    for (const auto& one : life.world.executions()) {
        if (one.original_execution) {
            expect_new(retries, {*one.original_execution, one.retry_count}, "a retry");
            EXPECT_LE(one.retry_count, one.max_retries);
        } else if (one.enforcement) {
            expect_new(enforced, *one.enforcement, "the execution of an enforcement");
        }
    }
    for (const auto& one : life.world.enforcements()) {
        const bool made = one.status != EnforcementStatus::disabled; // otherwise another run was in its way
        EXPECT_EQ(enforced.contains(one.id), made)
            << "the execution of enforcement " << one.id.value << ", " << enum_name(one.status);
    }
}

void expect_all_over(Simulation& life) {
    for (const auto& one : life.world.executions()) {
        EXPECT_TRUE(is_final(one.status))
            << "execution " << one.id.value << " of " << one.action_ref << " is still " << enum_name(one.status)
            << ", held by worker " << (one.worker ? one.worker->value : 0) << " epoch " << one.worker_epoch.value_or(0);
        if (life.cancelled.contains(one.id)) {
            EXPECT_EQ(one.status, ExecutionStatus::cancelled) << "execution " << one.id.value << " was cancelled";
        }
    }
    for (const auto& one : life.contradictions) ADD_FAILURE() << one;
}

void expect_counted(Simulation& life) {
    std::map<ExecutionStatus, std::int64_t> counted;
    std::map<ExecutionStatus, std::int64_t> stored;
    for (const auto& one : life.world.write([](Session& session) { return flow::count_executions(session); }))
        counted[one.status] = one.stored;
    for (const auto& one : life.world.executions()) ++stored[one.status];
    EXPECT_EQ(counted, stored);
}

void expect_processes_once(Simulation& life) {
    std::set<std::int64_t> started;
    for (const auto& one : life.world.processes.started)
        expect_new(started, one.execution, "a process of an execution");
    EXPECT_LE(life.world.processes.most_alive, life.world.slots);
}

void expect_timers_caught_up(Simulation& life) {
    for (const auto& timer : timers(life.world)) {
        if (!timer.armed) continue;
        const auto compiled = logic::schedule::Schedule::compile(timer.config);
        ASSERT_TRUE(compiled) << compiled.error().text();
        const auto due = logic::schedule::next_due(*compiled, flow::state_of(timer));
        EXPECT_TRUE(!due || *due > life.world.clock.now())
            << timer.rule_ref.value_or(timer.trigger_ref) << " has been due since " << format_timestamp(*due);
    }
}

void expect_grid_covered(Simulation& life) {
    const auto all = timers(life.world);
    const auto steady = std::ranges::find(all, std::optional<std::string>("core.steady"), &Timer::rule_ref);
    ASSERT_NE(steady, all.end());
    std::set<Timestamp> fired;
    for (const auto& event : life.world.events()) {
        if (event.timer == steady->id) fired.insert(*event.nominal);
    }
    const auto skips = life.world.write([&](Session& session) { return session.all<TimerSkip>(kSkips, steady->id); });
    const auto passed = [&](Timestamp at) {
        return std::ranges::any_of(skips, [&](const TimerSkip& s) { return s.first <= at && at <= s.last; });
    };
    EXPECT_GT(fired.size(), 5U);
    for (auto at = steady->anchor + Duration{std::chrono::seconds{7}}; at <= steady->cursor;
         at += Duration{std::chrono::seconds{7}}) {
        EXPECT_TRUE(fired.contains(at) || passed(at)) << "the timer lost " << format_timestamp(at);
    }
}

} // namespace attune::test
