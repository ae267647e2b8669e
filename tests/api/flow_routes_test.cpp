#include "api/fakes.hpp"

#include "domain/execution.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attune::api {
namespace {

using testing::HasSubstr;

/// The routes of the flow over a whole world.
class FlowRoutes : public testing::Test {
protected:
    FlowRoutes() {
        Caller user;
        user.identity = {1};
        user.grants = {{Resource::events, {Right::read}},
                       {Resource::enforcements, {Right::read}},
                       {Resource::executions, {Right::read, Right::cancel}},
                       {Resource::actions, {Right::execute}},
                       {Resource::triggers, {Right::read, Right::update, Right::execute}}};
        authenticator_.callers["user"] = user;
        Caller nobody;
        nobody.identity = {2};
        authenticator_.callers["nobody"] = nobody;
        Caller sensor;
        sensor.token_type = TokenType::sensor;
        sensor.login = "core.sensor";
        authenticator_.callers["sensor"] = sensor;
    }

    template <class T>
    std::shared_ptr<std::optional<T>> begin(task<T> work) {
        auto out = std::make_shared<std::optional<T>>();
        asio::co_spawn(
            world.loop,
            [](task<T> inner, std::shared_ptr<std::optional<T>> into) -> task<void> {
                into->emplace(co_await std::move(inner));
            }(std::move(work), out),
            [](const std::exception_ptr& failure) {
                if (failure) std::rethrow_exception(failure);
            });
        world.clock.run_until_idle();
        return out;
    }
    RawResponse call(Method method, const std::string& target, std::string body = {}, std::string token = "user") {
        const auto out = begin(router_.handle(make_request(method, target, std::move(body), token)));
        EXPECT_TRUE(out->has_value()) << target;
        return std::move(**out);
    }
    json::value ok(Method method, const std::string& target, std::string body = {}, std::string token = "user") {
        const auto response = call(method, target, std::move(body), std::move(token));
        EXPECT_LT(response.status, 300) << target << ": " << response.body;
        return *parse_json(response.body);
    }
    void add_trigger(const std::string& ref) {
        world.write([&](Session& session) {
            Trigger trigger;
            trigger.ref = trigger.label = ref;
            return flow::create_trigger(session, std::move(trigger), world.clock.now());
        });
    }
    /// All that a stream has to say at present.
    std::string all_of(BodyStream& stream) {
        std::string out;
        for (;;) {
            const auto piece = begin(stream.next());
            if (!piece->has_value()) {
                world.advance(20s); // a comment ends the wait
                return out;
            }
            if (!**piece) return out;
            out += ***piece;
        }
    }

    test::World world;
    FakeContext fakes_{world};
    Context& context_ = fakes_.context;
    FakeApi api_{world, context_};
    ServiceGroup& group_ = api_.group;
    FakeAuthenticator& authenticator_ = api_.authenticator;
    Router& router_ = api_.router;
};

TEST_F(FlowRoutes, AreDeclaredWhole) {
    EXPECT_TRUE(router_.undeclared().empty()) << router_.undeclared().front();
}

TEST_F(FlowRoutes, ListsTakeEveryFilter) {
    world.start_all();
    world.add_rule("core.demo", "core.timer_10s", "core.echo", {}, {{"message", "100% hello"}});
    world.advance(30s);
    const auto count = [&](const std::string& target) {
        return ok(Method::get, "/api/v1" + target).at("items").as_array().size();
    };
    EXPECT_EQ(count("/events"), 3U);
    EXPECT_EQ(count("/events?trigger_ref=core.timer_10s&include_total=true&per_page=1000"), 3U);
    EXPECT_EQ(count("/events?trigger=999&rule_ref=core.demo&source=4"), 0U);
    EXPECT_EQ(count("/enforcements?rule_ref=core.demo&trigger_ref=core.timer_10s&status=processed"), 3U);
    EXPECT_EQ(count("/enforcements?event=999999&rule=1"), 0U);
    EXPECT_EQ(count("/executions?status=completed&action_ref=core.echo&pack_name=core&rule_ref=core.demo"
                    "&trigger_ref=core.timer_10s&top_level_only=true&include_total=true"),
              3U);
    EXPECT_EQ(count("/executions?result_contains=100%25"), 3U);
    EXPECT_EQ(count("/executions?result_contains=nowhere"), 0U);
    EXPECT_EQ(count("/executions?executor=77"), 0U);
    EXPECT_EQ(count("/executions?parent=1"), 0U);
    EXPECT_EQ(count("/executions/status/completed"), 3U);
    const auto enforcement = ok(Method::get, "/api/v1/enforcements").at("items").at(0).at("id").as_int64();
    EXPECT_EQ(count(fmt::format("/executions?enforcement={}", enforcement)), 1U);
    EXPECT_EQ(count(fmt::format("/enforcements/{}/executions", enforcement)), 1U);
    EXPECT_EQ(ok(Method::get, "/api/v1/executions/stats").at("data").at("completed"), 3);
    EXPECT_EQ(call(Method::get, "/api/v1/executions/status/odd").status, 400);
    EXPECT_EQ(call(Method::get, "/api/v1/events?page=1000000").status, 400);
    EXPECT_EQ(call(Method::get, "/api/v1/events", {}, "nobody").status, 403);
}

TEST_F(FlowRoutes, PagesTellWhetherThereAreMore) {
    world.start_all();
    world.add_rule("core.demo", "core.timer_10s", "core.null");
    world.advance(30s);
    const auto page = ok(Method::get, "/api/v1/executions?per_page=2");
    EXPECT_EQ(page.at("items").as_array().size(), 2U);
    EXPECT_EQ(page.at("pagination").at("has_next"), true);
    EXPECT_FALSE(page.at("pagination").as_object().contains("total_items"));
    EXPECT_EQ(ok(Method::get, "/api/v1/executions?per_page=1000").at("pagination").at("page_size"), 1000);
}

TEST_F(FlowRoutes, RunAnActionByHand) {
    const auto made =
        ok(Method::post, "/api/v1/executions/execute", R"({"action_ref":"core.echo","parameters":{"message":"hi"}})")
            .at("data");
    EXPECT_EQ(made.at("status"), "requested");
    EXPECT_EQ(made.at("config").at("message"), "hi");
    const auto path = fmt::format("/api/v1/executions/{}", made.at("id").as_int64());
    EXPECT_EQ(ok(Method::get, path).at("data").at("status"), "scheduled");
    world.start(test::Role::worker);
    world.advance(1s);
    const auto done = ok(Method::get, path).at("data");
    EXPECT_EQ(done.at("status"), "completed");
    EXPECT_TRUE(done.as_object().contains("finished_at"));
    EXPECT_EQ(ok(Method::get, path + "/history").at("items").as_array().size(), 4U);
    EXPECT_EQ(ok(Method::get, path + "/artifacts").at("data").as_array().size(), 0U);
    EXPECT_EQ(ok(Method::get, path + "/inquiries").at("items").as_array().size(), 0U);
    EXPECT_EQ(call(Method::post, path + "/cancel").status, 409);
}

TEST_F(FlowRoutes, RefuseToRunWhatIsUnknownOrNotAllowed) {
    EXPECT_EQ(call(Method::post, "/api/v1/executions/execute", R"({"action_ref":"core.nothing"})").status, 404);
    EXPECT_EQ(call(Method::post, "/api/v1/executions/execute", R"({"action_ref":"core.echo"})", "nobody").status, 403);
    EXPECT_EQ(call(Method::post, "/api/v1/executions/execute", R"({})").status, 422);
    EXPECT_EQ(call(Method::get, "/api/v1/executions/4711").status, 404);
    EXPECT_EQ(call(Method::post, "/api/v1/executions/4711/cancel").status, 404);
}

TEST_F(FlowRoutes, RefuseToRunWithWhatCannotBe) {
    const auto refused = [&](const std::string& members) {
        const auto answer = call(Method::post, "/api/v1/executions/execute",
                                 fmt::format(R"({{"action_ref":"core.echo",{}}})", members));
        EXPECT_EQ(answer.status, 422) << members;
        const auto body = *parse_json(answer.body);
        return std::string(body.as_object().at("field").as_string());
    };
    EXPECT_EQ(refused(R"("parameters":[1])"), "parameters");
    EXPECT_EQ(refused(R"("parameters":{"message":1})"), "parameters.message");
    EXPECT_EQ(refused(R"("env_vars":{"A":1})"), "env_vars.A");
    EXPECT_EQ(refused(R"("env_vars":{"A=B":"x"})"), "env_vars");
    EXPECT_EQ(refused(R"("env_vars":{"":"x"})"), "env_vars");
    EXPECT_EQ(refused(R"("permission_set_refs":["no.such"])"), "permission_set_refs[0]");
    EXPECT_EQ(refused(R"("artifact_retention_policy":"for ever")"), "artifact_retention_policy");
    EXPECT_EQ(refused(R"("artifact_retention_limit":0)"), "artifact_retention_limit");
    EXPECT_EQ(refused(R"("worker_selector":[])"), "worker_selector");
    EXPECT_EQ(refused(R"("worker_tolerations":{})"), "worker_tolerations");
    EXPECT_TRUE(world.executions().empty());
    EXPECT_EQ(call(Method::post, "/api/v1/executions/execute",
                   R"({"action_ref":"core.echo","permission_set_refs":["core.admin"]})")
                  .status,
              403);
    EXPECT_TRUE(world.executions().empty());
}

TEST_F(FlowRoutes, ARulesOwnTimerHasItsTriggerToo) {
    world.start_all();
    world.add_rule("core.demo", "core.intervaltimer", "core.null", {{"unit", "seconds"}, {"interval", 10}});
    world.advance(10s);
    const auto trigger = world.write([](Session& session) { return flow::get_trigger(session, "core.intervaltimer"); });

    const auto found = ok(Method::get, fmt::format("/api/v1/events?trigger={}", trigger.id.value)).at("items");

    ASSERT_EQ(found.as_array().size(), 1U);
    EXPECT_EQ(found.at(0).at("trigger"), trigger.id.value);
    const auto path = fmt::format("/api/v1/events/{}", found.at(0).at("id").as_int64());
    EXPECT_EQ(ok(Method::get, path).at("data").at("trigger"), trigger.id.value);
    EXPECT_EQ(ok(Method::get, "/api/v1/events?trigger=1").at("items").as_array().size(),
              trigger.id.value == 1 ? 1U : 0U);
}

TEST_F(FlowRoutes, NoListGoesBeyondItsDepthOrTakesNonsense) {
    for (const auto* list : {"events", "enforcements", "executions"}) {
        const auto field = [&](const std::string& query) {
            const auto answer = call(Method::get, fmt::format("/api/v1/{}?{}", list, query));
            EXPECT_EQ(answer.status, 400) << list << query;
            const auto body = *parse_json(answer.body);
            return std::string(body.as_object().at("field").as_string());
        };
        EXPECT_EQ(field("page=0"), "page");
        EXPECT_EQ(field("page=-1"), "page");
        EXPECT_EQ(field("page=x"), "page");
        EXPECT_EQ(field("page=99999999999999999999"), "page");
        EXPECT_EQ(field("page=100001"), "page");
        EXPECT_EQ(field("per_page=0"), "per_page");
        EXPECT_EQ(field("per_page=1.5"), "per_page");
        EXPECT_EQ(field("include_total=maybe"), "include_total");
        EXPECT_EQ(call(Method::get, fmt::format("/api/v1/{}?unknown=1&page=", list)).status, 200);
    }
}

TEST_F(FlowRoutes, StatisticsAgreeWithTheLists) {
    world.start_all();
    world.add_action("core.flaky");
    world.processes.script("core.flaky", {{.exit_code = 1}, {.takes = 1h}});
    world.execute("core.flaky");
    world.advance(1s);
    world.execute("core.flaky");
    world.execute("core.null");
    world.advance(1s);

    const auto stats = ok(Method::get, "/api/v1/executions/stats").at("data");

    const auto total = [&](const std::string& query) {
        return ok(Method::get, "/api/v1/executions?include_total=true" + query).at("pagination").at("total_items");
    };
    EXPECT_EQ(stats.at("total"), total(""));
    EXPECT_EQ(stats.at("failed"), total("&status=failed"));
    EXPECT_EQ(stats.at("completed"), total("&status=completed"));
    EXPECT_EQ(stats.at("running"), total("&status=running"));
    EXPECT_EQ(stats.at("failed"), 1);
    EXPECT_EQ(stats.at("running"), 1);
}

TEST_F(FlowRoutes, ABrowserThatComesBackGoesOnWhereItWas) {
    const auto id = world.execute("core.echo");
    world.write([&](Session& session) -> Result<bool> {
        const OutputChunk chunk{id, "stdout", 0, "hello world"};
        CHECK(flow::append_output(session, {&chunk, 1}));
        return true;
    });
    auto request =
        make_request(Method::get, fmt::format("/api/v1/executions/{}/logs/stdout/stream", id.value), {}, "user");
    request.headers.add("Last-Event-ID", "6");

    const auto answered = begin(router_.handle(std::move(request)));
    auto& response = **answered;

    ASSERT_TRUE(response.stream);
    EXPECT_EQ(***begin(response.stream->next()), "id: 11\nevent: content\ndata: world\n\n");
}

TEST_F(FlowRoutes, CancelWhatWaits) {
    const auto id = world.execute("core.echo");
    const auto path = fmt::format("/api/v1/executions/{}", id.value);
    EXPECT_EQ(call(Method::post, path + "/cancel", {}, "nobody").status, 403);
    EXPECT_EQ(ok(Method::post, path + "/cancel").at("data").at("status"), "cancelled");
}

TEST_F(FlowRoutes, RecordAnEventForASensorAlone) {
    const std::string body = R"({"trigger_type":"core.timer_10s","payload":{"n":1},"trigger_instance_id":"rule_999"})";
    EXPECT_EQ(call(Method::post, "/api/v1/events", body).status, 403);
    EXPECT_EQ(call(Method::post, "/api/v1/events", R"({"trigger_ref":"no.such"})", "sensor").status, 404);
    EXPECT_EQ(call(Method::post, "/api/v1/events", R"({})", "sensor").status, 422);
    const auto event = ok(Method::post, "/api/v1/events", body, "sensor").at("data");
    EXPECT_EQ(event.at("source_ref"), "core.sensor");
    EXPECT_EQ(event.at("payload").at("n"), 1);
    EXPECT_TRUE(event.at("rule").is_null());
    world.start(test::Role::matcher);
    world.advance(1s);
    const auto path = fmt::format("/api/v1/events/{}", event.at("id").as_int64());
    EXPECT_TRUE(ok(Method::get, path).at("data").at("decided_at").is_string());
}

TEST_F(FlowRoutes, FireATriggerForThoseWhoMay) {
    add_trigger("demo.deployed");
    world.start_all();
    world.add_rule("core.demo", "demo.deployed", "core.echo", {}, {{"message", "{{ event.payload.what }}"}});
    const std::string path = "/api/v1/triggers/demo.deployed/fire";
    const auto event = ok(Method::post, path, R"({"payload":{"what":"it"}})").at("data");
    EXPECT_EQ(event.at("source_ref"), "person");
    EXPECT_EQ(event.at("config").at("source"), "person");
    world.advance(1s);
    const auto runs = ok(Method::get, "/api/v1/executions?rule_ref=core.demo").at("items").as_array();
    ASSERT_EQ(runs.size(), 1U);
    EXPECT_EQ(runs[0].at("status"), "completed");
    EXPECT_EQ(ok(Method::post, path, "{}").at("data").at("payload"), json::value(json::object{}));
}

TEST_F(FlowRoutes, RefuseToFireWhatMayNot) {
    add_trigger("demo.deployed");
    const std::string path = "/api/v1/triggers/demo.deployed/fire";
    EXPECT_EQ(call(Method::post, path, "{}", "nobody").status, 403);
    EXPECT_EQ(call(Method::post, "/api/v1/triggers/no.such/fire", "{}").status, 404);
    const auto timers = call(Method::post, "/api/v1/triggers/core.crontimer/fire", "{}");
    EXPECT_EQ(timers.status, 409);
    EXPECT_THAT(timers.body, HasSubstr("/timers/"));
    EXPECT_EQ(call(Method::post, "/api/v1/triggers/core.alert/fire", "{}").status, 409);
    EXPECT_EQ(
        call(Method::post, path, R"({"payload":")" + std::string(context_.options.payload_limit, 'x') + "\"}").status,
        413);
    ok(Method::post, "/api/v1/triggers/demo.deployed/disable");
    EXPECT_THAT(call(Method::post, path, "{}").body, HasSubstr("is disabled"));
}

TEST_F(FlowRoutes, RunAnExecutionAgain) {
    world.start_all();
    const auto first = ok(Method::post, "/api/v1/executions/execute",
                          R"({"action_ref":"core.echo","parameters":{"message":"hi"},"env_vars":{"A":"1"}})")
                           .at("data");
    const auto path = fmt::format("/api/v1/executions/{}/rerun", first.at("id").as_int64());
    const auto same = ok(Method::post, path).at("data");
    EXPECT_NE(same.at("id"), first.at("id"));
    EXPECT_EQ(same.at("action_ref"), "core.echo");
    EXPECT_EQ(same.at("config").at("message"), "hi");
    EXPECT_TRUE(same.at("enforcement").is_null());
    const auto other = ok(Method::post, path, R"({"parameters":{"message":"ho"}})").at("data");
    EXPECT_EQ(other.at("config").at("message"), "ho");
    world.advance(1s);
    EXPECT_EQ(ok(Method::get, "/api/v1/executions?status=completed").at("items").as_array().size(), 3U);
    EXPECT_EQ(call(Method::post, path, R"({"parameters":{"message":5}})").status, 422);
    EXPECT_EQ(call(Method::post, "/api/v1/executions/999999/rerun").status, 404);
    EXPECT_EQ(call(Method::post, path, {}, "nobody").status, 403);
}

TEST_F(FlowRoutes, ReadTheOutputOfAnExecution) {
    const auto id = world.execute("core.echo");
    world.write([&](Session& session) -> Result<bool> {
        const std::array chunks{OutputChunk{id, "stdout", 0, "hello "}, OutputChunk{id, "stdout", 6, "wörld\n"}};
        CHECK(flow::append_output(session, chunks));
        return true;
    });
    const auto base = fmt::format("/api/v1/executions/{}/logs/", id.value);
    const auto whole = call(Method::get, base + "stdout");
    EXPECT_EQ(whole.body, "hello wörld\n");
    EXPECT_TRUE(whole.content_type.starts_with("text/plain"));
    EXPECT_EQ(call(Method::get, base + "stdout?offset=4&limit=4").body, "o w");
    EXPECT_EQ(call(Method::get, base + "stdout?offset=7&limit=1").body, "ö");
    EXPECT_EQ(call(Method::get, base + "stdout?offset=100").body, "");
    EXPECT_EQ(call(Method::get, base + "stderr").body, "");
    EXPECT_EQ(call(Method::get, base + "other").status, 400);
}

TEST_F(FlowRoutes, FollowTheOutputOfAnExecutionToItsEnd) {
    const auto id = world.execute("core.echo", {{"message", "hello"}});
    auto response = call(Method::get, fmt::format("/api/v1/executions/{}/logs/stdout/stream", id.value));
    ASSERT_TRUE(response.stream);
    EXPECT_EQ(***begin(response.stream->next()), "id: 0\nevent: waiting\ndata: scheduled\n\n");
    world.start(test::Role::worker);
    world.advance(1s);
    const auto rest = all_of(*response.stream);
    EXPECT_NE(rest.find("event: content"), std::string::npos) << rest;
    EXPECT_TRUE(rest.ends_with("event: done\ndata: completed\n\n")) << rest;
}

TEST_F(FlowRoutes, TellTheFlowHopByHop) {
    auto flow = call(Method::get, "/api/v1/flow/stream");
    auto states = call(Method::get, "/api/v1/executions/stream");
    ASSERT_TRUE(flow.stream && states.stream);
    world.start_all();
    world.add_rule("core.demo", "core.timer_10s", "core.echo", {}, {{"message", "hello"}});
    world.advance(10s);
    const auto told = all_of(*flow.stream);
    const auto event = told.find(R"("hop":"event")");
    const auto decision = told.find(R"("hop":"decision")");
    const auto execution = told.find(R"("hop":"execution")");
    ASSERT_NE(execution, std::string::npos) << told;
    EXPECT_LT(event, decision);
    EXPECT_LT(decision, execution);
    EXPECT_NE(told.find(R"("status":"completed")"), std::string::npos) << told;
    EXPECT_EQ(told.find(R"("hop":"event")", event + 1), std::string::npos) << told;
    EXPECT_NE(all_of(*states.stream).find(R"("entity_type":"execution")"), std::string::npos);
}

TEST_F(FlowRoutes, ADoorbellThatRingsLateTellsNobodyWhatWasOverBefore) {
    world.start_all();
    const auto id = world.execute("core.echo", {{"message", "hello"}});
    world.advance(1s);
    auto flow = call(Method::get, "/api/v1/flow/stream");
    EXPECT_EQ(***begin(flow.stream->next()), ": connected\n\n");
    world.bus.ring(Topic::executions, std::array{id.value});
    world.clock.run_until_idle();
    const auto next = world.execute("core.echo", {{"message", "again"}});
    world.advance(1s);
    const auto told = all_of(*flow.stream);
    EXPECT_EQ(told.find(fmt::format(R"("execution":{},)", id.value)), std::string::npos) << told;
    EXPECT_NE(told.find(fmt::format(R"("execution":{},)", next.value)), std::string::npos) << told;
}

TEST_F(FlowRoutes, TellHopsWhoseDoorbellWasLostWithinSeconds) {
    auto flow = call(Method::get, "/api/v1/flow/stream");
    auto states = call(Method::get, "/api/v1/executions/stream");
    world.bus.drop = 1; // as when a process dies between its commit and the ring
    world.start_all();
    world.add_rule("core.demo", "core.timer_10s", "core.echo", {}, {{"message", "hello"}});
    world.advance(30s);
    const auto told = all_of(*flow.stream);
    const auto event = told.find(R"("hop":"event")");
    const auto decision = told.find(R"("hop":"decision")");
    const auto execution = told.find(R"("hop":"execution")");
    ASSERT_NE(execution, std::string::npos) << told;
    EXPECT_LT(event, decision);
    EXPECT_LT(decision, execution);
    EXPECT_NE(told.find(R"("status":"completed")"), std::string::npos) << told;
    EXPECT_NE(all_of(*states.stream).find(R"("status":"completed")"), std::string::npos);
}

TEST_F(FlowRoutes, TellOfAnEventThatWaitedForItsDecisionToo) {
    const std::string body = R"({"trigger_ref":"core.timer_10s"})";
    ok(Method::post, "/api/v1/events", body, "sensor");
    auto flow = call(Method::get, "/api/v1/flow/stream");
    world.start(test::Role::matcher);
    world.advance(1s);
    const auto told = all_of(*flow.stream);
    EXPECT_LT(told.find(R"("hop":"event")"), told.find(R"("hop":"decision")")) << told;
}

TEST_F(FlowRoutes, TheHubSleepsWhenNobodyListens) {
    auto flow = call(Method::get, "/api/v1/flow/stream");
    EXPECT_EQ(group_.size(), 1U);
    flow.stream.reset();
    world.bus.ring(Topic::events, std::array{std::int64_t{1}});
    world.clock.run_until_idle();
    EXPECT_EQ(group_.size(), 0U);
    EXPECT_EQ(world.clock.sleepers(), 0U);
}

} // namespace
} // namespace attune::api
