#include "domain/execution.hpp"
#include "domain/rule.hpp"
#include "domain/trigger.hpp"
#include "domain/webhook.hpp"
#include "services/janitor/janitor.hpp"

#include "flow/audit.hpp"
#include "flow/executions.hpp"
#include "flow/generation.hpp"
#include "flow/tally.hpp"
#include "flow/timers.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::test {
namespace {

constexpr Duration kDay = 24h;

const Query kOutputRows{"test.output_rows", "select count(*) from execution_output"};
const Query kRanges{"test.count_ranges", "select count(*) from timer_skip"};
const Query kDeletions{"test.count_deletions", "select count(*) from definition_change"};
const json::object kHourly{{"expression", "0 * * * *"}};
const Query kAuditRows{"test.audit_rows", "select count(*) from audit_event"};
const Query kSealedRows{"test.sealed_rows", "select count(*) from execution_secret_value"};
const QueryOf<TimerSkip> kRangesInOrder{"test.ranges_in_order",
                                        "select {columns} from timer_skip where count > 0 order by first"};
const NewOf<WebhookHit> kNewHit{"test.new_webhook_hit"};
const Query kForgotten{"test.forgotten", "select forgotten from timer"};
const QueryOf<Timer> kTimer{"test.timer", "select {columns} from timer"};

/// History of a world in which a rule fires every ten seconds, and a janitor that passes when the test says so.
class Retention : public testing::Test {
protected:
    Retention() {
        options.events = options.enforcements = options.executions = 10 * kDay;
        options.output = 5 * kDay;
        options.batch = 7; // so that a pass has many units
    }
    void fire(int times) {
        world.start_all();
        rule = world.add_rule("core.demo", "core.timer_10s", "core.echo", {}, {{"message", "hello"}});
        world.advance(10s * times);
        world.set_enabled("core.demo", false);
        world.advance(1s);
    }
    /// Nothing runs meanwhile, so that days cost nothing.
    void later(Duration by) {
        for (const auto role : {Role::timers, Role::matcher, Role::scheduler, Role::worker}) world.crash(role);
        world.advance(by);
    }
    /// A second attempt of the caller starts anew, as a process does.
    void restart_janitor() { janitor.emplace(ports(), options); }
    services::Janitor::Deleted pass() {
        if (!janitor) restart_janitor();
        std::optional<Result<services::Janitor::Deleted>> out;
        {
            ServiceGroup group(world.loop.get_executor(), world.clock);
            group.spawn_once("pass", [](services::Janitor& one, decltype(out)& into) -> task<void> {
                into = co_await one.run_once();
            }(*janitor, out));
            world.clock.run_until_idle();
        }
        if (!out || !*out) throw std::runtime_error(out ? out->error().text() : "the pass did not end");
        return **out;
    }
    std::int64_t count(const Query& query) {
        return world.write([&](Session& session) { return session.scalar<std::int64_t>(query); }).value();
    }
    std::int64_t output_rows() { return count(kOutputRows); }
    void store_output(ExecutionId id, int pieces) {
        world.write([&](Session& session) -> Result<bool> {
            for (int i = 0; i < pieces; ++i) {
                const OutputChunk chunk{id, "stdout", i * 1000, std::string(1000, 'x')};
                CHECK(flow::append_output(session, {&chunk, 1}));
            }
            return true;
        });
    }
    services::Ports ports() { return {world.clock, world.bus, world.db, world.random, world.ids}; }

    World world;
    services::Janitor::Options options;
    std::optional<services::Janitor> janitor;
    Rule rule;
};

TEST_F(Retention, DeletesWhatIsOlderThanItsAge) {
    fire(30);
    EXPECT_EQ(pass(), (services::Janitor::Deleted{0, 0, 0, 0}));
    later(9 * kDay);
    EXPECT_EQ(pass(), (services::Janitor::Deleted{0, 0, 0, 0}));
    later(kDay);

    EXPECT_EQ(pass(), (services::Janitor::Deleted{0, 30, 30, 30}));
    EXPECT_TRUE(world.events().empty());
    EXPECT_TRUE(world.enforcements().empty());
    EXPECT_TRUE(world.executions().empty());
    EXPECT_EQ(pass(), (services::Janitor::Deleted{0, 0, 0, 0}));
}

TEST_F(Retention, StopsAtWhatIsYoung) {
    fire(5);
    later(9 * kDay);
    world.start_all();
    world.set_enabled("core.demo", true);
    world.advance(50s);
    world.set_enabled("core.demo", false);
    later(kDay);

    EXPECT_EQ(pass()[3], 5);
    EXPECT_EQ(world.events().size(), 5U);
}

TEST_F(Retention, KeepsEachKindAsLongAsItsOwnAgeSays) {
    options.events = Duration{};
    options.enforcements = 20 * kDay;
    fire(3);
    later(11 * kDay);
    EXPECT_EQ(pass(), (services::Janitor::Deleted{0, 3, 0, 0}));
    later(10 * kDay);
    EXPECT_EQ(pass(), (services::Janitor::Deleted{0, 0, 3, 0}));
    later(1000 * kDay);
    EXPECT_EQ(pass(), (services::Janitor::Deleted{0, 0, 0, 0}));
}

TEST_F(Retention, DeletesOutputFirstAndAnExecutionNeverBeforeItsOutput) {
    fire(3);
    for (const auto& one : world.executions()) store_output(one.id, 20);
    later(6 * kDay);
    EXPECT_EQ(pass(), (services::Janitor::Deleted{60, 0, 0, 0}));
    EXPECT_EQ(output_rows(), 0);

    options.output = Duration{}; // for ever, which is as long as the execution
    restart_janitor();
    for (const auto& one : world.executions()) store_output(one.id, 2);
    later(2 * kDay);
    EXPECT_EQ(pass()[0], 0);
    later(3 * kDay);
    EXPECT_EQ(pass(), (services::Janitor::Deleted{6, 3, 3, 3}));
    EXPECT_EQ(output_rows(), 0);
}

TEST_F(Retention, NeverTouchesWhatIsNotOver) {
    world.start(Role::timers);
    world.add_rule("core.demo", "core.timer_10s", "core.echo");
    world.advance(10s);         // nobody decides it
    world.execute("core.echo"); // nobody runs it
    later(100 * kDay);

    EXPECT_EQ(pass(), (services::Janitor::Deleted{0, 0, 0, 0}));

    world.start(Role::matcher); // decided, and its execution waits for a worker
    later(100 * kDay);
    EXPECT_EQ(pass(), (services::Janitor::Deleted{0, 0, 0, 0}));

    world.start(Role::worker);
    world.advance(1s);
    EXPECT_EQ(pass(), (services::Janitor::Deleted{0, 0, 1, 1})) << "an execution is as old as its end";
    later(11 * kDay);
    EXPECT_EQ(pass(), (services::Janitor::Deleted{0, 2, 0, 0}));
}

TEST_F(Retention, KeepsAFirstAttemptWhileItsRetryWaits) {
    world.add_action("core.flaky", 1);
    world.processes.script("core.flaky", {{.exit_code = 1}});
    world.start(Role::worker);
    world.execute("core.flaky");
    world.advance(1s);
    ASSERT_EQ(world.executions().size(), 2U);
    later(100 * kDay);

    EXPECT_EQ(pass()[1], 0);
    world.start_all();
    world.advance(1min);
    later(11 * kDay);
    EXPECT_EQ(pass()[1], 2);
}

TEST_F(Retention, ForgetsTheSecretsOfWhatItForgets) {
    world.write([&](Session& session) -> Result<bool> {
        TRY(const auto echo, flow::get_action(session, "core.echo"));
        auto keeper = echo;
        keeper.ref = "core.keeper";
        keeper.param_schema = json::object{{"password", {{"secret", true}}}};
        CHECK(flow::create_action(session, keeper, world.clock.now()));
        return true;
    });
    world.start_all();
    world.add_rule("core.demo", "core.timer_10s", "core.keeper", {}, {{"password", "hunter2"}});
    world.advance(31s);
    world.set_enabled("core.demo", false);
    const auto sealed = [this] {
        return world.write([](Session& session) { return session.scalar<std::int64_t>(kSealedRows); }).value();
    };
    ASSERT_EQ(sealed(), 7) << "the rule's one, and two of each firing";
    later(11 * kDay);
    pass();

    EXPECT_EQ(sealed(), 1);
}

TEST_F(Retention, CountsAreThoseOfWhatIsLeft) {
    fire(4);
    later(11 * kDay);
    pass();
    world.execute("core.null");

    std::int64_t stored = 0;
    for (const auto& one : world.write([](Session& session) { return flow::count_executions(session); }))
        stored += one.stored;
    EXPECT_EQ(stored, 1);
    const auto echo = world.write([](Session& session) { return flow::count_executions_of(session, "core.echo"); });
    ASSERT_EQ(echo.size(), 1U);
    EXPECT_EQ(echo[0].stored, 0);
    EXPECT_EQ(echo[0].ever, 4);
}

TEST_F(Retention, RemembersTheLastFiringThatItForgot) {
    fire(3);
    const auto last = *world.events().back().nominal;
    later(11 * kDay);
    pass();

    EXPECT_EQ(world.write([](Session& session) { return session.scalar<Timestamp>(kForgotten); }), last);
}

TEST_F(Retention, ForgetsWhatWasPassedOverAndItStaysDecided) {
    world.add_rule("core.hourly", "core.crontimer", "core.null",
                   {{"expression", "0 * * * *"}, {"misfire", json::object{{"policy", "skip"}}}});
    later(5h + 30min);
    world.start(Role::timers);
    world.advance(1s);
    world.set_enabled("core.hourly", false);
    ASSERT_EQ(count(kRanges), 1);
    later(9 * kDay);
    pass();
    EXPECT_EQ(count(kRanges), 1);
    later(kDay);
    pass();

    EXPECT_EQ(count(kRanges), 0);
    EXPECT_EQ(world.write([](Session& session) { return session.scalar<Timestamp>(kForgotten); }),
              parse_timestamp("2026-01-01T05:00:00Z").value());
}

TEST_F(Retention, OfDeletedDefinitionsOnlyTheLastIsRemembered) {
    fire(1);
    for (const auto* ref : {"core.demo", "core.other"}) {
        if (std::string_view(ref) == "core.other") world.add_rule(ref, "core.crontimer", "core.null", kHourly);
        world.write([&](Session& session) -> Result<bool> {
            TRY(const auto row, flow::get_rule(session, ref));
            CHECK(flow::delete_rule(session, row, world.clock.now()));
            return true;
        });
    }
    const auto newest = world.write([](Session& session) { return flow::current_generation(session); });
    ASSERT_GT(count(kDeletions), 1);
    later(6 * kDay);
    pass();
    EXPECT_EQ(world.write([](Session& session) { return flow::forgotten_generation(session); }), 0);
    later(2 * kDay);
    pass();

    EXPECT_EQ(count(kDeletions), 1);
    EXPECT_EQ(world.write([](Session& session) { return flow::forgotten_generation(session); }), newest);
}

TEST_F(Retention, NothingForgottenFiresAgainWhenTheClockGoesBack) {
    fire(30);
    const auto last = *world.events().back().nominal;
    later(11 * kDay);
    EXPECT_EQ(pass()[3], 30);

    world.clock.step(-11 * kDay - 200s); // in the middle of what was forgotten
    world.start_all();
    world.set_enabled("core.demo", true);
    world.advance(300s);

    ASSERT_FALSE(world.events().empty());
    for (const auto& event : world.events()) EXPECT_GT(*event.nominal, last);
}

TEST_F(Retention, APulledBackCursorStaysAheadOfWhatIsForgotten) {
    fire(6);
    const auto last = *world.events().back().nominal;
    world.set_enabled("core.demo", true);
    later(11 * kDay);
    EXPECT_EQ(pass()[3], 6);
    world.start(Role::timers); // what was missed meanwhile is one firing, and the cursor is here
    world.crash(Role::timers);

    world.clock.step(-11 * kDay - 50s); // so far back that the cursor follows
    world.start(Role::timers);
    world.advance(100s);

    const auto cursor = world.write([](Session& session) { return session.find<Timer>(kTimer); })->cursor;
    EXPECT_GE(cursor, last);
    EXPECT_LT(cursor, last + kDay);
    EXPECT_GT(world.events().size(), 1U);
    for (const auto& event : world.events()) EXPECT_GT(*event.nominal, last);
}

TEST_F(Retention, KeepsFiringsThatLieAheadOfTimesToBeDecidedAgain) {
    const auto at = [](const char* text) { return parse_timestamp(text).value(); };
    world.start_all();
    world.add_rule("core.hourly", "core.crontimer", "core.null",
                   {{"expression", "0 * * * *"}, {"misfire", json::object{{"policy", "skip"}}}});
    world.advance(1h + 1s);
    later(3h + 30min); // 02:00 to 04:00 are passed over
    world.start_all();
    world.advance(30min);
    ASSERT_EQ(world.events().size(), 2U);
    world.clock.step(-4h); // so far back that the cursor follows: they are to be decided again
    world.advance(1s);
    ASSERT_EQ(count(kRanges), 1) << "the cursor that was pulled back";
    world.set_enabled("core.hourly", false);

    later(11 * kDay);
    pass();

    ASSERT_EQ(world.events().size(), 1U);
    EXPECT_EQ(*world.events().front().nominal, at("2026-01-01T05:00:00Z"));
    world.start_all();
    world.set_enabled("core.hourly", true);
    world.advance(1s);
    const auto ranges = world.write([](Session& session) { return session.all<TimerSkip>(kRangesInOrder); });
    ASSERT_FALSE(ranges.empty());
    EXPECT_EQ(ranges.front().first, at("2026-01-01T02:00:00Z"));
    EXPECT_EQ(ranges.front().last, at("2026-01-01T04:00:00Z"));
}

TEST_F(Retention, WaitsADayAfterTheClockJumpedForward) {
    fire(3);
    pass();
    world.clock.step(30 * kDay);
    EXPECT_EQ(pass()[3], 0);
    later(23h);
    EXPECT_EQ(pass()[3], 0);
    restart_janitor();
    EXPECT_EQ(pass()[3], 0) << "a restart does not end it";
    later(1h);
    EXPECT_EQ(pass()[3], 3);
}

TEST_F(Retention, GoesOnWhenTheClockCameBack) {
    options.events = 1h;
    fire(3);
    pass();
    later(2h);
    world.clock.step(30 * kDay);
    EXPECT_EQ(pass()[3], 0);
    world.clock.step(30 * kDay);
    EXPECT_EQ(pass()[3], 0);
    world.clock.step(-60 * kDay);
    EXPECT_EQ(pass()[3], 3);
}

TEST_F(Retention, ASmallStepOfTheClockIsNoJump) {
    options.events = 1h;
    fire(3);
    pass();
    world.clock.step(59min);
    world.advance(5min);

    EXPECT_EQ(pass()[3], 3);
}

TEST_F(Retention, AJumpThatCannotBeRecordedStillHolds) {
    fire(3);
    pass();
    world.clock.step(30 * kDay);
    world.db.faults.unavailable = 1;
    EXPECT_THROW(pass(), std::runtime_error);
    world.db.faults.unavailable = 0;

    EXPECT_EQ(pass()[3], 0);
}

TEST_F(Retention, SurvivesWritesThatRunTwiceOrLoseTheirAnswer) {
    fire(40);
    for (const auto& one : world.executions()) store_output(one.id, 3);
    later(11 * kDay);
    world.db.faults = {.run_twice = 0.3, .lost_answer = 0.3};
    for (bool done = false; !done;) {
        try {
            pass();
            done = true;
        } catch (const std::runtime_error&) {
            restart_janitor();
        }
    }
    world.db.faults = {};
    pass();

    EXPECT_TRUE(world.events().empty());
    EXPECT_TRUE(world.executions().empty());
    EXPECT_EQ(output_rows(), 0);
    for (const auto& one : world.write([](Session& session) { return flow::count_executions(session); }))
        EXPECT_EQ(one.stored, 0);
}

TEST_F(Retention, KeepsTheAuditLogByItsAge) {
    options.audit = 20 * kDay;
    const auto note = [&] {
        world.write([&](Session& session) -> Result<bool> {
            flow::Actor actor;
            actor.at = world.clock.now();
            actor.event_type = "pack.created";
            CHECK(flow::record_touched(session, actor, {}));
            return true;
        });
    };
    note();
    later(19 * kDay);
    note();
    EXPECT_EQ(pass()[4], 0);
    later(kDay + 1s);

    EXPECT_EQ(pass()[4], 1);
    EXPECT_EQ(count(kAuditRows), 1);
}

TEST_F(Retention, KeepsTheLogsOfWebhooksByTheirLastRequest) {
    options.webhook_hits = 20 * kDay;
    const auto note = [&](Duration lasted) {
        world.write([&](Session& session) -> Result<bool> {
            WebhookHit hit;
            hit.trigger = {1};
            hit.created = world.clock.now();
            hit.updated = hit.created + lasted;
            CHECK(session.create(kNewHit, hit));
            return true;
        });
    };
    note({});
    note(2 * kDay);
    later(19 * kDay);
    EXPECT_EQ(pass()[5], 0);
    later(kDay + 1s);

    EXPECT_EQ(pass()[5], 1);
    later(2 * kDay);
    EXPECT_EQ(pass()[5], 1);
}

TEST_F(Retention, RunsByItself) {
    fire(3);
    restart_janitor();
    ServiceGroup group(world.loop.get_executor(), world.clock);
    group.spawn("janitor", [this] { return janitor->run(); });
    later(10 * kDay + 2h);
    EXPECT_TRUE(world.events().empty());

    group.request_stop();
    world.clock.run_until_idle();
    EXPECT_EQ(group.size(), 0U);
}

} // namespace
} // namespace attune::test
