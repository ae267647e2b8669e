// Two sessions on real PostgreSQL, interleaved by hand: what the flow's functions do when others are in the middle of
// the same. The second runs in a thread where it has to wait for the first.
#include "contract/postgres_server.hpp"
#include "contract/records.hpp"
#include "domain/event.hpp"
#include "domain/execution.hpp"
#include "domain/rule.hpp"
#include "domain/trigger.hpp"
#include "domain/worker.hpp"
#include "flow/definitions.hpp"
#include "flow/endings.hpp"
#include "flow/events.hpp"
#include "flow/generation.hpp"
#include "flow/tally.hpp"
#include "flow/timers.hpp"
#include "flow/webhook_hits.hpp"
#include "flow/webhooks.hpp"
#include "flow/workers.hpp"

#include <future>

namespace attune::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class PostgresRaces : public testing::Test {
protected:
    std::unique_ptr<postgres::Connection> connect() {
        auto made = postgres::Connection::open({server.url(), Duration{0}, true});
        EXPECT_TRUE(made) << made.error().text();
        return *std::move(made);
    }
    /// A transaction of its own, before the race.
    template <class F>
    auto setup(F fn) {
        EXPECT_TRUE(first->begin());
        auto out = fn(*first);
        EXPECT_TRUE(out) << out.error().text();
        EXPECT_TRUE(first->control("commit"));
        return *std::move(out);
    }
    /// `fn` in both sessions: the second begins while the first has done its part and not committed.
    template <class F>
    auto race(F fn) {
        EXPECT_TRUE(first->begin());
        auto mine = fn(*first, 1);
        EXPECT_TRUE(mine) << mine.error().text();
        auto theirs = std::async(std::launch::async, [&] {
            EXPECT_TRUE(second->begin());
            auto out = fn(*second, 2);
            EXPECT_TRUE(second->control(out ? "commit" : "rollback"));
            return out;
        });
        // Until it waits for the first one's lock, or is through.
        while (theirs.wait_for(1ms) != std::future_status::ready && !second_waits()) {}
        EXPECT_TRUE(first->control("commit"));
        auto other = theirs.get();
        EXPECT_TRUE(other) << other.error().text();
        return std::pair(*std::move(mine), *std::move(other));
    }
    void SetUp() override {
        if (const auto missing = server.missing(); !missing.empty()) GTEST_SKIP() << missing;
        const auto made = server.make();
        ASSERT_TRUE(made) << made.error().text();
        first = connect();
        second = connect();
        setup([](Session& s) { return flow::ensure_instance(s, "uuid", kNow); });
    }
    bool second_waits() {
        bool out = false;
        const Session::RowSink sink = [&](const Row& row) -> Result<void> {
            out = row.integer(0) > 0;
            return {};
        };
        const auto asked =
            watcher()->run_text(fmt::format("select cardinality(pg_blocking_pids({}))", second->backend()), {}, &sink);
        EXPECT_TRUE(asked) << asked.error().text();
        return out;
    }
    postgres::Connection* watcher() {
        if (!watcher_) watcher_ = connect();
        return watcher_.get();
    }
    std::int64_t count(const std::string& what) {
        std::int64_t out = -1;
        const Session::RowSink sink = [&](const Row& row) -> Result<void> {
            out = row.integer(0);
            return {};
        };
        EXPECT_TRUE(watcher()->run_text("select count(*) from " + what, {}, &sink));
        return out;
    }

    static Execution execution(std::int64_t id) {
        Execution out;
        out.id = {id};
        out.action_ref = "core.echo";
        out.placement = {1};
        out.status = ExecutionStatus::scheduled;
        out.created = out.updated = kNow;
        return out;
    }
    static Event event(std::int64_t id) {
        Event out;
        out.id = {id};
        out.trigger_ref = "core.intervaltimer";
        out.created = kNow;
        return out;
    }
    static Trigger trigger(std::string ref) {
        Trigger out;
        out.ref = std::move(ref);
        out.label = "t";
        out.enabled = true;
        return out;
    }
    static Rule timer_rule(int number) {
        Rule out;
        out.ref = fmt::format("core.rule_{}", number);
        out.pack_ref = "core";
        out.label = "r";
        out.action_ref = "core.echo";
        out.trigger_ref = "core.intervaltimer";
        out.trigger_params = {{"unit", "seconds"}, {"interval", 10}};
        out.enabled = true;
        return out;
    }
    Timer make_timer() {
        setup([](Session& s) { return flow::create_trigger(s, trigger("core.intervaltimer"), kNow); });
        setup([](Session& s) { return flow::create_rule(s, timer_rule(1), kNow); });
        return setup([](Session& s) { return flow::armed_timers(s, {}, 10); }).front();
    }

    /// Two workers, with executions that either may take.
    std::vector<Worker> two_workers(const std::string& action_ref, int executions) {
        return setup([&](Session& s) -> Result<std::vector<Worker>> {
            for (const auto* name : {"one", "two"}) {
                Worker worker;
                worker.name = name;
                worker.worker_type = "local";
                worker.worker_role = "action";
                worker.last_heartbeat = kNow;
                CHECK(flow::register_worker(s, worker));
            }
            std::vector<Execution> all;
            for (int id = 1; id <= executions; ++id) {
                all.push_back(execution(id));
                all.back().action_ref = action_ref;
            }
            CHECK(flow::insert_executions(s, all));
            return flow::list_workers(s);
        });
    }

    PostgresServer server;
    std::unique_ptr<postgres::Connection> first;
    std::unique_ptr<postgres::Connection> second;

private:
    std::unique_ptr<postgres::Connection> watcher_;
};

std::vector<std::int64_t> ids_of(const std::vector<Execution>& executions) {
    std::vector<std::int64_t> out;
    for (const auto& one : executions) out.push_back(one.id.value);
    return out;
}

TEST_F(PostgresRaces, TwoWorkersClaimDifferentExecutionsWithoutWaiting) {
    const auto workers = two_workers("core.echo", 5);
    const std::vector placements{PlacementId{1}};

    const auto [one, two] = race([&](Session& s, std::size_t number) {
        return flow::claim_executions(s, {workers[number - 1].id, workers[number - 1].epoch}, placements, 2, kNow);
    });

    EXPECT_THAT(ids_of(one), ElementsAre(1, 2));
    EXPECT_THAT(ids_of(two), ElementsAre(3, 4));
    EXPECT_EQ(count("execution where worker is null"), 1);
}

TEST_F(PostgresRaces, ALostWorkerIsNewsToOneOfThoseWhoFindIt) {
    const auto seen = two_workers("core.null", 0).front();

    const auto [mine, theirs] =
        race([&](Session& session, int) { return flow::retire_silent(session, seen, kNow + 20s); });

    EXPECT_EQ(mine, flow::Silence::news);
    EXPECT_EQ(theirs, flow::Silence::known) << "it alerts nobody a second time";
}

TEST_F(PostgresRaces, WorkersThatEndExecutionsDoNotWaitForEachOthersCommits) {
    const auto workers = two_workers("core.null", 2);
    const auto end_one = [&](Session& s, std::size_t number) {
        return flow::complete_without_process(s, {workers[number].id, workers[number].epoch}, PlacementId{1}, 1, kNow);
    };
    ASSERT_TRUE(first->begin());
    ASSERT_TRUE(second->begin());
    ASSERT_TRUE(second->control("set local lock_timeout = '1s'"));

    const auto one = end_one(*first, 0);
    const auto two = end_one(*second, 1);

    ASSERT_TRUE(one) << one.error().text();
    ASSERT_TRUE(two) << two.error().text();
    ASSERT_TRUE(second->control("commit"));
    ASSERT_TRUE(first->control("commit"));
    const auto counts = setup([](Session& s) { return flow::count_executions_of(s, "core.null"); });
    ASSERT_EQ(counts.size(), 1U);
    EXPECT_EQ(counts[0].status, ExecutionStatus::completed);
    EXPECT_EQ(counts[0].stored, 2);
}

TEST_F(PostgresRaces, AFiringIsRecordedOnce) {
    const auto timer = make_timer();
    const auto fire = [&](Session& s, int number) {
        auto firing_event = event(number);
        firing_event.timer = timer.id;
        firing_event.nominal = timer.cursor + 10s;
        const std::vector<flow::Firing> firings{
            {timer.id, timer.cursor, timer.revision, timer.cursor + 10s, {firing_event}, {}, {}, 0, {}, {}}};
        return flow::fire_timers(s, firings, kNow);
    };

    const auto [one, two] = race(fire);

    EXPECT_THAT(one.value, ElementsAre(0U));
    EXPECT_THAT(two.value, IsEmpty());
    EXPECT_EQ(count("event"), 1);
}

TEST_F(PostgresRaces, AnEventIsDecidedOnceWhicheverOrderTheBatchesHave) {
    setup([](Session& s) { return flow::record_events(s, std::vector{event(1), event(2), event(3)}); });
    const auto generation = setup([](Session& s) { return flow::current_generation(s); });
    const auto decide = [&](Session& s, int number) {
        flow::Decisions batch;
        batch.generation = generation;
        batch.now = kNow;
        const std::vector<std::int64_t> order =
            number == 1 ? std::vector<std::int64_t>{3, 1} : std::vector<std::int64_t>{1, 2, 3};
        for (const auto id : order) {
            auto run = execution(10 * number + id);
            run.event = EventId{id};
            Enforcement enforcement;
            enforcement.id = {10 * number + id};
            enforcement.rule = RuleId{1};
            enforcement.rule_ref = "core.r";
            enforcement.trigger_ref = "core.t";
            enforcement.event = EventId{id};
            enforcement.created = kNow;
            run.enforcement = enforcement.id;
            batch.events.push_back({EventId{id}, json::object{}, {enforcement}, {run}, {}, {}});
        }
        return flow::decide_events(s, batch);
    };

    const auto [one, two] = race(decide);

    EXPECT_THAT(one.decided, ElementsAre(0U, 1U));
    EXPECT_THAT(two.decided, ElementsAre(1U));
    EXPECT_EQ(count("enforcement"), 3);
    EXPECT_EQ(count("execution"), 3);
    EXPECT_EQ(count("event where decided_at is null"), 0);
}

/// Two rules, and decisions by what held when they were made.
class PostgresDefinitionRaces : public PostgresRaces {
protected:
    void SetUp() override {
        PostgresRaces::SetUp();
        if (IsSkipped()) return;
        setup([](Session& s) { return flow::create_trigger(s, trigger("core.intervaltimer"), kNow); });
        for (const int i : {1, 2})
            rules.push_back(setup([&](Session& s) { return flow::create_rule(s, timer_rule(i), kNow); }));
        generation = setup([](Session& s) { return flow::current_generation(s); });
        setup([](Session& s) { return flow::record_events(s, std::vector{event(1), event(2)}); });
    }
    Result<Rule> change(Session& session, int number) {
        auto changed = rules[static_cast<std::size_t>(number - 1)];
        changed.label = "changed";
        return flow::update_rule(session, rules[static_cast<std::size_t>(number - 1)], changed, kNow);
    }
    /// Decides one event, of the first rule.
    Result<flow::DecideOutcome> decide(Session& session, std::int64_t id) {
        const flow::DefinitionBasis basis{.rules = {rules[0].id}};
        flow::Decisions batch;
        batch.generation = generation;
        batch.now = kNow;
        batch.events.push_back({EventId{id}, json::object{}, {}, {}, {}, {}, {}});
        batch.events.back().basis = std::make_shared<const flow::DefinitionBasis>(basis);
        return flow::decide_events(session, batch);
    }
    flow::DefinitionChanges changed_since(std::int64_t known) {
        return setup([&](Session& s) { return flow::definitions_changed_since(s, known); });
    }
    std::vector<Rule> rules;
    std::int64_t generation = 0;
};

TEST_F(PostgresDefinitionRaces, ADecisionDoesNotWaitForAChangeAndSeesItOnceItIsCommitted) {
    ASSERT_TRUE(first->begin());
    ASSERT_TRUE(change(*first, 1));
    ASSERT_TRUE(second->begin());
    const auto early = decide(*second, 1);
    ASSERT_TRUE(early) << early.error().text();
    EXPECT_THAT(early->decided, ElementsAre(0U));
    ASSERT_TRUE(first->control("commit"));

    const auto late = decide(*second, 2); // its transaction is older than the change's end

    ASSERT_TRUE(late) << late.error().text();
    EXPECT_THAT(late->decided, IsEmpty());
    EXPECT_THAT(late->stale, ElementsAre(0U));
    ASSERT_TRUE(second->control("commit"));
    EXPECT_EQ(count("event where decided_at is null"), 1);
}

TEST_F(PostgresDefinitionRaces, ADecisionIsWrittenWhileSomethingElseIsChanged) {
    ASSERT_TRUE(first->begin());
    ASSERT_TRUE(change(*first, 2));
    ASSERT_TRUE(first->control("commit"));
    ASSERT_TRUE(second->begin());

    const auto decided = decide(*second, 1);

    ASSERT_TRUE(decided) << decided.error().text();
    EXPECT_THAT(decided->decided, ElementsAre(0U));
    EXPECT_THAT(decided->changes.rules, ElementsAre(rules[1].id));
    ASSERT_TRUE(second->control("commit"));
}

TEST_F(PostgresDefinitionRaces, ChangesAreNumberedInTheOrderOfTheirCommits) {
    const auto [one, two] = race([&](Session& s, int number) { return change(s, number); });

    EXPECT_LT(one.generation, two.generation);
    EXPECT_THAT(changed_since(generation).rules, ElementsAre(rules[0].id, rules[1].id));
    EXPECT_THAT(changed_since(one.generation).rules, ElementsAre(rules[1].id)) << "none is missed by who saw the first";
}

TEST_F(PostgresRaces, RulesOfOneTriggerAreMadeTogether) {
    setup([](Session& s) { return flow::create_trigger(s, trigger("core.intervaltimer"), kNow); });

    (void)race([](Session& s, int number) { return flow::create_rule(s, timer_rule(number), kNow); });

    EXPECT_EQ(count("timer where armed"), 2);
    EXPECT_EQ(count("(select 1 from timer group by generation having count(*) > 1) x"), 0);
}

TEST_F(PostgresRaces, ATimerThatIsFiredWhileItsRuleIsDisabledStaysDisabled) {
    const auto timer = make_timer();
    const auto rule = setup([](Session& s) { return flow::get_rule(s, "core.rule_1"); });
    const auto change = [&](Session& s, int number) -> Result<std::size_t> {
        if (number == 1) {
            auto disabled = rule;
            disabled.enabled = false;
            CHECK(flow::update_rule(s, rule, disabled, kNow));
            return std::size_t{0};
        }
        const std::vector<flow::Firing> firings{
            {timer.id, timer.cursor, timer.revision, timer.cursor + 10s, {event(1)}, {}, {}, 0, {}, {}}};
        TRY(const auto fired, flow::fire_timers(s, firings, kNow));
        return fired.value.size();
    };

    const auto fired = race(change).second;

    EXPECT_EQ(fired, 0U);
    EXPECT_EQ(count("event"), 0);
    EXPECT_EQ(count("timer where armed"), 0);
}

struct FlowPlan {
    const char* query;
    const char* index;
};
void PrintTo(const FlowPlan& one, std::ostream* out) {
    *out << one.query;
}
class PostgresPlans : public PostgresRaces, public testing::WithParamInterface<FlowPlan> {};

/// Whether the session knows a prepared statement of this name.
bool is_prepared(Session& session, const std::string& name) {
    bool out = false;
    const Session::RowSink sink = [&](const Row&) -> Result<void> {
        out = true;
        return {};
    };
    const auto value = SqlValue::text(name);
    EXPECT_TRUE(session.run_text("select 1 from pg_prepared_statements where name = $1", {&value, 1}, &sink));
    return out;
}

TEST_P(PostgresPlans, FindTheirRowsByIndexWhenHistoryIsLong) {
    setup([](Session& s) -> Result<bool> {
        CHECK(s.run_text("insert into event (id, trigger_ref, created, decided_at) select n, 't', now(), now() from "
                         "generate_series(1, 20000) n",
                         {}, nullptr));
        CHECK(s.run_text("insert into execution (id, action_ref, permission_set_refs, placement, status, claim, "
                         "retry_count, max_retries, created, updated, worker) select n, 'core.echo', '[]', 1, "
                         "'completed', 1, 0, 0, now(), now(), n % 50 from generate_series(1, 20000) n",
                         {}, nullptr));
        // And a backlog, which other workers are to take or hold, or which is not due.
        CHECK(s.run_text("insert into execution (id, action_ref, permission_set_refs, placement, status, claim, "
                         "retry_count, max_retries, created, updated, worker) select 20000 + n, 'core.echo', '[]', 2 + "
                         "n % 10, case n % 10 when 0 then 'requested' when 1 then 'canceling' else 'scheduled' end, 0, "
                         "0, 0, now(), now(), case n % 10 when 1 then 2 + n % 70 end from generate_series(1, 2000) n",
                         {}, nullptr));
        return true;
    });
    const auto at = std::ranges::find(Query::all(), GetParam().query, [](const Query* q) { return q->name(); });
    ASSERT_NE(at, Query::all().end());
    ASSERT_TRUE(second->prepare_only(**at));
    for (const bool analyzed : {false, true}) {
        if (analyzed) ASSERT_TRUE(first->control("analyze"));
        std::string plan;
        const Session::RowSink sink = [&](const Row& row) -> Result<void> {
            plan += std::string(row.text(0)) + "\n";
            return {};
        };
        std::string nulls;
        for (std::size_t i = 1; (*at)->text().find(fmt::format("${}", i)) != std::string::npos; ++i)
            nulls += i == 1 ? "null" : ", null";
        const auto arguments = nulls.empty() ? "" : "(" + nulls + ")";
        // For one row, and (where it has that form) for many.
        for (const auto* name : {"q", "check"}) {
            const auto statement = fmt::format("{}{}", name, (*at)->index());
            if (!is_prepared(*second, statement)) continue;
            const auto explained = second->run_text("explain execute " + statement + arguments, {}, &sink);
            ASSERT_TRUE(explained) << explained.error().text();
        }
        EXPECT_THAT(plan, testing::HasSubstr(GetParam().index));
        // A batch is found row by row, not by comparing each of its rows with each of the index.
        EXPECT_THAT(plan, testing::Not(testing::HasSubstr("Join Filter")));
        EXPECT_THAT(plan, testing::Not(testing::ContainsRegex("Seq Scan on (event|execution) ")));
    }
}

INSTANTIATE_TEST_SUITE_P(
    Flow, PostgresPlans,
    testing::Values(
        FlowPlan{"execution.claimable", "execution_claimable"}, FlowPlan{"event.undecided", "event_undecided"},
        FlowPlan{"event.undecided_of_stripe", "event_undecided"}, FlowPlan{"event.decide", "event_pkey"},
        FlowPlan{"execution.schedule", "execution_pkey"}, FlowPlan{"execution.release", "execution_pkey"},
        FlowPlan{"execution.complete_cancelled", "execution_pkey"}, FlowPlan{"execution.claim", "execution_claimable"},
        FlowPlan{"execution.complete_without_process", "execution_claimable"},
        FlowPlan{"execution.due", "execution_requested"}, FlowPlan{"execution.next_due", "execution_requested"},
        FlowPlan{"execution.held_by", "execution_held"}, FlowPlan{"execution.cancelling_of", "execution_held"},
        FlowPlan{"execution.start", "execution_pkey"}, FlowPlan{"execution.complete", "execution_pkey"},
        FlowPlan{"execution.count_by_status", "execution_unfinished"},
        FlowPlan{"execution.count_unfinished", "execution_unfinished"},
        FlowPlan{"event.count_undecided", "event_undecided"}, FlowPlan{"definition.changed_since", "rule_generation"},
        FlowPlan{"execution.count_by_status_of", "execution_unfinished"},
        FlowPlan{"execution.oldest_waiting", "execution_unfinished"},
        FlowPlan{"execution.open_runs", "execution_overlap"}, FlowPlan{"execution.releasable", "execution_waiting"},
        FlowPlan{"timer.next_resume", "timer_resume"}, FlowPlan{"timer.armed_sum", "timer_armed"},
        FlowPlan{"timer.count_unarmed", "timer_trouble"}, FlowPlan{"timer.changed", "timer_generation"},
        FlowPlan{"live.open_events", "event_undecided"}, FlowPlan{"live.open_executions", "execution_unfinished"},
        FlowPlan{"live.newest_events", "event_pkey"}, FlowPlan{"live.states_of_executions", "execution_pkey"},
        FlowPlan{"live.events", "event_pkey"}, FlowPlan{"live.executions", "execution_pkey"},
        FlowPlan{"live.enforcements", "enforcement_event"}));

TEST_F(PostgresRaces, OneDeliveryOfAWebhookIsOneEvent) {
    const auto trigger = setup([](Session& session) -> Result<Trigger> {
        Trigger hook;
        hook.ref = "core.hook";
        hook.label = "Hook";
        TRY(const auto made, flow::create_trigger(session, std::move(hook), kNow));
        TRY(auto enabled, flow::enable_webhook(session, made, "wh_1", kNow));
        return enabled.value;
    });

    const auto [first_one, second_one] = race([&](Session& session, std::int64_t number) {
        flow::WebhookArrival arrival;
        arrival.key = "wh_1";
        arrival.generation = trigger.generation;
        arrival.event.id = {number};
        arrival.event.trigger = arrival.hit.trigger = trigger.id;
        arrival.event.trigger_ref = trigger.ref;
        arrival.event.delivery = "d-1";
        arrival.event.created = arrival.hit.created = kNow;
        return flow::receive_webhook(session, arrival);
    });

    EXPECT_EQ(first_one.verdict, WebhookVerdict::accepted);
    EXPECT_EQ(second_one.verdict, WebhookVerdict::repeated);
    EXPECT_EQ(second_one.event, first_one.event);
}

} // namespace
} // namespace attune::test
