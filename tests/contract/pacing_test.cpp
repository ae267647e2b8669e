// Throttle and debounce with two rule matchers at once, each with a thread and a loop of its own, on both databases.
#include "adapters/memory_bus/memory_bus.hpp"
#include "adapters/system_random/system_random.hpp"
#include "adapters/wall_clock/wall_clock.hpp"
#include "contract/database_contract.hpp"
#include "contract/postgres_server.hpp"
#include "domain/evaluation.hpp"
#include "domain/pack.hpp"
#include "domain/rule.hpp"
#include "domain/trigger.hpp"
#include "flow/definitions.hpp"
#include "flow/generation.hpp"
#include "services/rule_matcher/rule_matcher.hpp"

#include <map>

namespace attune::test {
namespace {

using Backends = testing::Types<SqliteFile, PostgresServer>;

const QueryOf<Event> kEvents{"test.paced_events", "select {columns} from event order by id"};
const QueryOf<Execution> kExecutions{"test.paced_executions", "select {columns} from execution order by id"};
const QueryOf<Enforcement> kEnforcements{"test.paced_enforcements", "select {columns} from enforcement order by id"};
const Query kLeft{"test.debounced_matches", "select count(*) from debounced_match"};

constexpr std::int64_t kEventCount = 300;
constexpr std::int64_t kHosts = 5;

/// Decides whatever there is, a few events at a time, until nothing is left.
void run_matcher(Database& db, Bus& bus, Duration lasts) {
    asio::io_context loop;
    const auto clock = make_wall_clock(loop.get_executor());
    SystemRandom random;
    flow::IdAllocator ids(db);
    services::RuleMatcher matcher({*clock, bus, db, random, ids}, {.batch = 7, .cached_rules = 100});
    asio::co_spawn(
        loop,
        [&]() -> task<void> {
            const auto until = clock->now() + lasts;
            for (;;) {
                const auto taken = co_await matcher.run_once();
                EXPECT_TRUE(taken) << taken.error().text();
                if (!taken || (*taken == 0 && clock->now() >= until)) break;
                if (*taken == 0) co_await clock->sleep_for(20ms);
            }
        },
        [](const std::exception_ptr& failure) {
            if (failure) std::rethrow_exception(failure);
        });
    loop.run();
}

template <class Factory>
class PacedRules : public DatabaseTest<Factory> {
protected:
    void SetUp() override {
        DatabaseTest<Factory>::SetUp();
        if (this->IsSkipped()) return;
        commit([&](Session& session) -> Result<bool> {
            CHECK(flow::ensure_instance(session, "uuid", kNow));
            Pack pack;
            pack.ref = pack.label = "mine";
            pack.version = "1.0.0";
            CHECK(flow::create_pack(session, pack, kNow));
            Trigger trigger;
            trigger.ref = "mine.seen";
            trigger.label = "t";
            trigger.enabled = true;
            CHECK(flow::create_trigger(session, trigger, kNow));
            Action action;
            action.ref = "mine.act";
            action.pack_ref = "mine";
            action.label = action.entrypoint = "a";
            CHECK(flow::create_action(session, action, kNow));
            return true;
        });
    }
    template <class F>
    auto commit(F fn) {
        auto out = this->write(fn);
        EXPECT_TRUE(out) << out.error().text();
        return *std::move(out);
    }
    void make_rule(std::string_view conditions) {
        Rule rule;
        rule.ref = "mine.paced";
        rule.pack_ref = "mine";
        rule.label = "r";
        rule.action_ref = "mine.act";
        rule.trigger_ref = "mine.seen";
        rule.conditions = *parse_json(conditions);
        rule.action_params = {{"host", "{{ event.payload.host }}"}};
        commit([&](Session& session) { return flow::create_rule(session, rule, kNow); });
    }
    /// One each millisecond from `first` on, of each host in turns.
    void post(Timestamp first, std::int64_t count = kEventCount) {
        std::vector<Event> events;
        for (std::int64_t id = 1; id <= count; ++id) {
            Event event;
            event.id = {id};
            event.trigger_ref = "mine.seen";
            event.created = first + Duration{1ms} * id;
            event.payload = json::object{{"host", id % kHosts}};
            events.push_back(std::move(event));
        }
        commit([&](Session& session) { return flow::record_events(session, events); });
    }
    void run_two(Duration lasts = {}) {
        const auto bus = make_memory_bus();
        std::thread one([&] { run_matcher(*this->db, *bus, lasts); });
        std::thread two([&] { run_matcher(*this->db, *bus, lasts); });
        one.join();
        two.join();
    }
    /// How many events have which outcome.
    std::map<EvaluationOutcome, std::int64_t> outcomes() {
        std::map<EvaluationOutcome, std::int64_t> out;
        const auto events = *this->read([](Session& session) { return session.all<Event>(kEvents); });
        for (const auto& event : events) {
            const auto lines = evaluations_of(event.decision);
            EXPECT_EQ(lines.size(), 1U) << event.id.value;
            if (!lines.empty()) ++out[lines[0].outcome];
            if (!lines.empty())
                EXPECT_EQ(lines[0].outcome == EvaluationOutcome::matched, lines[0].execution.has_value());
        }
        return out;
    }
    /// The events that led to executions.
    std::vector<std::int64_t> runs() {
        std::vector<std::int64_t> out;
        const auto executions = *this->read([](Session& session) { return session.all<Execution>(kExecutions); });
        for (const auto& one : executions) out.push_back(one.event->value);
        std::ranges::sort(out);
        EXPECT_EQ(this->read([](Session& session) { return session.all<Enforcement>(kEnforcements); })->size(),
                  out.size());
        return out;
    }
    std::int64_t left() {
        return *commit([](Session& session) { return session.scalar<std::int64_t>(kLeft); });
    }
};
TYPED_TEST_SUITE(PacedRules, Backends);

Timestamp wall_now() {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

TYPED_TEST(PacedRules, TwoMatchersLetNoMoreThroughThanTheThrottleAllows) {
    this->make_rule(R"({"throttle": {"limit": 3, "per": "1h", "key": "event.payload.host"}})");
    this->post(wall_now());
    this->run_two();

    EXPECT_EQ(this->runs().size(), 3U * kHosts);
    auto outcomes = this->outcomes();
    EXPECT_EQ(outcomes[EvaluationOutcome::matched], 3 * kHosts);
    EXPECT_EQ(outcomes[EvaluationOutcome::throttled], kEventCount - 3 * kHosts);
}

TYPED_TEST(PacedRules, TwoMatchersRunOnceForTheLastEventOfEachKey) {
    this->make_rule(R"({"debounce": {"wait": "1s", "key": "event.payload.host"}})");
    this->post(wall_now() - 10s);
    this->run_two();

    EXPECT_THAT(this->runs(), testing::ElementsAre(296, 297, 298, 299, 300));
    auto outcomes = this->outcomes();
    EXPECT_EQ(outcomes[EvaluationOutcome::matched], kHosts);
    EXPECT_EQ(outcomes[EvaluationOutcome::superseded], kEventCount - kHosts);
    EXPECT_EQ(this->left(), 0);
}

TYPED_TEST(PacedRules, WhatWaitsRunsAfterARestart) {
    this->make_rule(R"({"debounce": {"wait": "500ms"}})");
    this->post(wall_now() + 1s, 3);
    this->run_two();
    EXPECT_EQ(this->left(), 1);
    EXPECT_TRUE(this->runs().empty());

    this->reopen();
    this->run_two(2s);
    EXPECT_THAT(this->runs(), testing::ElementsAre(3));
    EXPECT_EQ(this->left(), 0);
}

} // namespace
} // namespace attune::test
