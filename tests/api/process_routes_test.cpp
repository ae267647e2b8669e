// Health and metrics, also while the database is away or hangs.
#include "api/api_test_support.hpp"
#include "api/process/process_api.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::api {
namespace {

using testing::HasSubstr;
using testing::Not;

/// That of a world, which may hang.
class HangingDatabase final : public Database {
public:
    HangingDatabase(Database& inner, Clock& clock) : inner_(inner), clock_(clock) {}
    std::optional<std::string> trouble() const override { return says; }
    bool hangs = false;
    std::optional<Error> fails;
    std::optional<std::string> says;
    int reads = 0;

protected:
    task<Result<void>> submit_read(Unit unit) override {
        ++reads;
        while (hangs) co_await clock_.sleep_for(100ms);
        if (fails) co_return *fails;
        co_return inner_.write_blocking(unit);
    }
    task<Result<void>> submit_write(WriteOptions, Unit unit) override { co_return inner_.write_blocking(unit); }
    Result<void> run_blocking(Unit unit) override { return inner_.write_blocking(unit); }

private:
    Database& inner_;
    Clock& clock_;
};

class ProcessRoutes : public testing::Test {
protected:
    ProcessRoutes() {
        loops.add("flow", flow.get_executor());
        api.declare(router);
        router.measure(world.metrics, world.clock);
    }
    ~ProcessRoutes() override {
        db.hangs = false;
        world.advance(1s);
        asio::post(world.loop, [&] { group.request_stop(); });
        world.clock.run_until_idle();
    }

    /// Its answer, or nothing while there is none.
    std::shared_ptr<std::optional<RawResponse>> ask(const std::string& target) {
        auto out = std::make_shared<std::optional<RawResponse>>();
        const auto keep = [](task<RawResponse> work, std::shared_ptr<std::optional<RawResponse>> into) -> task<void> {
            into->emplace(co_await std::move(work));
        };
        group.spawn_once("request", keep(router.handle(make_request(Method::get, target)), out));
        world.clock.run_until_idle();
        return out;
    }
    RawResponse get(const std::string& target) {
        const auto out = ask(target);
        if (!*out) world.advance(3s);
        EXPECT_TRUE(*out) << target << " has no answer";
        return *out ? std::move(**out) : RawResponse{.status = 0};
    }
    std::vector<PartState> parts;

    test::World world;
    asio::io_context flow; ///< a loop that runs when the test lets it
    HangingDatabase db{world.db, world.clock};
    ServiceGroup group{world.loop.get_executor(), world.clock};
    LoopWatch loops{world.clock};
    FakeAuthenticator authenticator;
    Router router{authenticator};
    bool stopping = false;
    ProcessApi api{ProcessProbe{.db = db,
                                .bus = world.bus,
                                .clock = world.clock,
                                .group = group,
                                .loops = loops,
                                .metrics = world.metrics,
                                .metrics_access = MetricsAccess::everybody,
                                .version = "1.2.3",
                                .is_stopping = [this] { return stopping; },
                                .parts = [this] { return parts; }}};
};

TEST_F(ProcessRoutes, SayThatAllIsWell) {
    for (const auto* target : {"/health", "/health/live", "/health/ready", "/health/detailed"}) {
        const auto answer = get(target);
        EXPECT_EQ(answer.status, 200) << target << answer.body;
        EXPECT_THAT(answer.body, HasSubstr(R"("status":"ok")")) << target;
    }
}

TEST_F(ProcessRoutes, AreNotReadyWhileTheDatabaseIsAwayAndStillLive) {
    db.fails = Error{Errc::unavailable, "connection refused"};

    const auto ready = get("/health/ready");

    EXPECT_EQ(ready.status, 503);
    EXPECT_THAT(ready.body, HasSubstr("database: connection refused"));
    EXPECT_EQ(get("/health/live").status, 200);
    const auto detailed = get("/health/detailed");
    EXPECT_EQ(detailed.status, 503);
    EXPECT_THAT(detailed.body, HasSubstr(R"("database":"disconnected")"));
}

TEST_F(ProcessRoutes, AreNotReadyWhileTheDatabaseTakesNoWrites) {
    db.says = "the disk is full";

    EXPECT_THAT(get("/health/ready").body, HasSubstr("database: the disk is full"));
    EXPECT_EQ(get("/health/ready").status, 503);
}

TEST_F(ProcessRoutes, AnswerWithinSecondsWhileTheDatabaseHangs) {
    db.hangs = true;
    const auto first = ask("/health/ready");
    EXPECT_FALSE(*first);
    world.advance(2s);
    ASSERT_TRUE(*first);

    EXPECT_EQ((*first)->status, 503);
    EXPECT_THAT((*first)->body, HasSubstr("the database has not answered for 2s"));
    EXPECT_THAT(get("/health/ready").body, HasSubstr("has not answered for 4s"));
    EXPECT_EQ(get("/health/live").status, 200);
    EXPECT_EQ(db.reads, 1) << "who asks while it hangs makes it no worse";
    db.hangs = false;
    world.advance(1s);
    EXPECT_EQ(get("/health/ready").status, 200);
}

TEST_F(ProcessRoutes, AreNotReadyOnADatabaseThatANewerVersionMade) {
    world.write([](Session& session) -> Result<bool> {
        CHECK(session.run_text("insert into schema_version (version, name, applied) values (9999, 'later', '')", {},
                               nullptr));
        return true;
    });

    EXPECT_THAT(get("/health/ready").body,
                HasSubstr("its schema has steps by now that this program does not know: 9999 (later)"));
}

TEST_F(ProcessRoutes, AreNotLiveWhenALoopHangs) {
    EXPECT_EQ(get("/health/live").status, 200);
    world.advance(12s);

    const auto live = get("/health/live");

    EXPECT_EQ(live.status, 503);
    EXPECT_THAT(live.body, HasSubstr("loops: the loop flow has not answered for 12s"));
    EXPECT_EQ(get("/health/ready").status, 503);
    flow.poll();
    EXPECT_EQ(get("/health/live").status, 200);
}

TEST_F(ProcessRoutes, AreReadyWithADegradedPartAndNotWithAFailedOne) {
    parts = {{"timers", PartStatus::degraded, "long ago"}};
    EXPECT_EQ(get("/health/ready").status, 200);
    EXPECT_THAT(get("/health/detailed").body,
                HasSubstr(R"({"part":"timers","status":"degraded","reason":"long ago"})"));
    parts = {{"worker", PartStatus::failed, "it is not registered yet"}};

    EXPECT_EQ(get("/health/ready").status, 503);
    EXPECT_THAT(get("/health/ready").body, HasSubstr("worker: it is not registered yet"));
    EXPECT_EQ(get("/health/live").status, 200);
}

TEST_F(ProcessRoutes, AreNotReadyWhileTheServerStops) {
    stopping = true;

    EXPECT_EQ(get("/health/ready").status, 503);
    EXPECT_EQ(get("/health/live").status, 200);
}

TEST_F(ProcessRoutes, ShowWhatWaitsInTheDatabase) {
    world.start(test::Role::timers);
    world.add_rule("core.tick", "core.timer_10s", "core.echo");
    world.advance(20s);
    for (int i = 0; i < 3; ++i) world.execute("core.echo");

    const auto answer = get("/metrics");

    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.content_type, "text/plain; version=0.0.4; charset=utf-8");
    EXPECT_THAT(answer.body, HasSubstr("\nattune_events_undecided 2\n"));
    EXPECT_THAT(answer.body, HasSubstr("\nattune_executions_unfinished{status=\"scheduled\"} 3\n"));
    EXPECT_THAT(answer.body, HasSubstr("\nattune_executions_unfinished{status=\"running\"} 0\n"));
    EXPECT_THAT(answer.body, HasSubstr("\nattune_timers_unarmed 0\n"));
    EXPECT_THAT(answer.body, HasSubstr("\nattune_database_up 1\n"));
    EXPECT_THAT(answer.body, HasSubstr("\nattune_events_recorded_total{source=\"timer\"} 2\n"));
    EXPECT_THAT(answer.body, HasSubstr("attune_loop_delay_seconds{loop=\"flow\"}"));
}

TEST_F(ProcessRoutes, ShowTheOtherNumbersWhileTheDatabaseHangs) {
    world.start(test::Role::matcher);
    db.hangs = true;

    const auto answer = get("/metrics");

    EXPECT_EQ(answer.status, 200);
    EXPECT_THAT(answer.body, HasSubstr("\nattune_database_up 0\n"));
    EXPECT_THAT(answer.body, HasSubstr("\nattune_events_decided_total 0\n"));
    EXPECT_THAT(answer.body, Not(HasSubstr("attune_events_undecided")));
}

TEST_F(ProcessRoutes, CountRequestsByTheTemplateOfTheRoute) {
    get("/health/live");
    get("/health/live");
    get("/no/such/path");
    db.says = "the disk is full";
    get("/health/ready");

    const auto text = get("/metrics").body;

    EXPECT_THAT(text, HasSubstr("{method=\"GET\",route=\"/health/live\",status=\"2xx\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("{method=\"GET\",route=\"/health/ready\",status=\"5xx\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("{method=\"GET\",route=\"\",status=\"4xx\"} 1\n"));
    EXPECT_THAT(text, Not(HasSubstr("/no/such/path")));
    EXPECT_THAT(text, HasSubstr("\nattune_http_requests_in_flight 1\n"));
    EXPECT_THAT(text, HasSubstr("\nattune_http_request_seconds_count 4\n"));
}

TEST_F(ProcessRoutes, AskForAGrantToReadTheMetricsWhenToldTo) {
    Router guarded{authenticator};
    ProcessProbe probe{.db = db,
                       .bus = world.bus,
                       .clock = world.clock,
                       .group = group,
                       .loops = loops,
                       .metrics = world.metrics,
                       .metrics_access = MetricsAccess::with_grant};
    ProcessApi own{probe};
    own.declare(guarded);
    authenticator.callers["reader"].grants = {{Resource::metrics, {Right::read}, {}}};
    authenticator.callers["other"].grants = {{Resource::events, {Right::read}, {}}};
    const auto status = [&](const std::string& token) {
        return run_to_end(guarded.refuse(make_request(Method::get, "/metrics", {}, token)))
            .value_or(RawResponse{})
            .status;
    };

    EXPECT_EQ(status(""), 401);
    EXPECT_EQ(status("other"), 403);
    EXPECT_EQ(status("reader"), 200);
}

} // namespace
} // namespace attune::api
